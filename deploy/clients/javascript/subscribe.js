// The smallest subscriber in JavaScript. It keeps its place in the stream
// COPIES under a name, prints what comes, and acknowledges each message when
// it is done with it: started again it goes on where it was.
//
//     npm install --no-package-lock
//     node subscribe.js --name acme --subject 'news.topic.peace.>'
//
// With --live it hears over core NATS what is published while it runs, no more.
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connect, credsAuthenticator } from "@nats-io/transport-node";

const { values: flags } = parseArgs({
  options: {
    server: { type: "string", default: process.env.NATS_URL ?? "nats://127.0.0.1:4222" },
    creds: { type: "string", default: process.env.NATS_CREDS },
    name: { type: "string", default: "example" },
    subject: { type: "string", default: "news.topic.peace.>" },
    live: { type: "boolean", default: false },
  },
});

// The newest version of each article. It stands for a database:
// insert … on conflict (id) do update … where version < excluded.version.
const seen = new Map();

// An article comes once for each of its topics, and again when it was not
// acknowledged: what is not newer is done.
function take(msg) {
  let record;
  try {
    record = msg.json();
  } catch (err) {
    console.error(err.message); // would fail again however often it came
    return;
  }
  const { id, op, topics } = record.conflictwire;
  const version = Number(record.version);
  if (version <= (seen.get(id) ?? 0)) return;
  seen.set(id, version);
  // Quoted: a headline must not steer the terminal it is read on.
  console.log(`${op} v${version} [${topics.map((t) => t.id).join(" ")}] ${JSON.stringify(record.headlines?.[0]?.value ?? "")}`);
}

// The place of that name, or a new one that begins with the oldest record kept.
async function consumer(nc) {
  const js = jetstream(nc);
  try {
    return await js.consumers.get("COPIES", flags.name);
  } catch (err) {
    if (err.name !== "ConsumerNotFoundError") throw err;
  }
  const jsm = await jetstreamManager(nc, { checkAPI: false });
  await jsm.consumers.add("COPIES", { name: flags.name, durable_name: flags.name, filter_subject: flags.subject, ack_policy: "explicit" });
  return await js.consumers.get("COPIES", flags.name);
}

const { username, password } = new URL(flags.server);
const nc = await connect({
  servers: flags.server,
  ...(username && { user: username, pass: password }),
  ...(flags.creds && { authenticator: credsAuthenticator(readFileSync(flags.creds)) }),
  name: flags.name,
  inboxPrefix: `_INBOX.${flags.name}`,
  maxReconnectAttempts: -1,
});
const messages = flags.live ? nc.subscribe(flags.subject) : await (await consumer(nc)).consume();
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, () => (flags.live ? messages.unsubscribe() : messages.close()));
}
await nc.flush();
console.error(`listening on ${flags.subject}`);
for await (const msg of messages) {
  take(msg);
  if (!flags.live) msg.ack(); // only now: unacknowledged it comes again
}
await nc.drain();
