"""The smallest subscriber in Python.

It keeps its place in the stream COPIES under a name, prints what comes, and
acknowledges each message when it is done with it: started again it goes on
where it was.

    pip install -r requirements.txt
    python3 subscribe.py --name acme --subject 'news.topic.peace.>'

With --live it hears over core NATS what is published while it runs, no more.
"""

import argparse
import asyncio
import json
import os
import signal
import sys

import nats

# The newest version of each article. It stands for a database:
# insert … on conflict (id) do update … where version < excluded.version.
seen: dict[str, int] = {}


def take(data: bytes) -> None:
    """Do the work of the subscriber.

    An article comes once for each of its topics, and again when it was not
    acknowledged: what is not newer is done.
    """
    try:
        record = json.loads(data)
    except ValueError as err:
        print(err, file=sys.stderr)  # would fail again however often it came
        return
    ours, version = record["conflictwire"], int(record["version"])
    if version <= seen.get(ours["id"], 0):
        return
    seen[ours["id"]] = version
    topics = " ".join(t["id"] for t in ours["topics"])
    headline = next((h["value"] for h in record.get("headlines", [])), "")
    # Quoted: a headline must not steer the terminal it is read on.
    print(f"{ours['op']} v{version} [{topics}] {json.dumps(headline, ensure_ascii=False)}", flush=True)


async def durable(nc, name: str, subject: str) -> None:
    """Go on where the consumer of that name is; one is made if there is none."""
    consumer = await nc.jetstream().pull_subscribe(subject, durable=name, stream="COPIES")
    print(f"listening on {subject}", file=sys.stderr, flush=True)
    while True:
        try:
            for msg in await consumer.fetch(1, timeout=30):
                take(msg.data)
                await msg.ack()  # only now: unacknowledged it comes again
        except asyncio.TimeoutError:
            pass  # nothing new in this time


async def live(nc, subject: str) -> None:
    """Hear what is published while this runs."""
    subscription = await nc.subscribe(subject)
    await nc.flush()
    print(f"listening on {subject}", file=sys.stderr, flush=True)
    async for msg in subscription.messages:
        take(msg.data)


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--server", default=os.environ.get("NATS_URL", "nats://127.0.0.1:4222"))
    parser.add_argument("--creds", default=os.environ.get("NATS_CREDS"))
    parser.add_argument("--name", default="example")
    parser.add_argument("--subject", default="news.topic.peace.>")
    parser.add_argument("--live", action="store_true")
    flags = parser.parse_args()
    nc = await nats.connect(
        flags.server, name=flags.name, user_credentials=flags.creds,
        inbox_prefix=f"_INBOX.{flags.name}", max_reconnect_attempts=-1,
    )
    work = asyncio.create_task(live(nc, flags.subject) if flags.live else durable(nc, flags.name, flags.subject))
    for sig in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(sig, work.cancel)
    try:
        await work
    except asyncio.CancelledError:
        pass
    finally:
        await nc.drain()


if __name__ == "__main__":
    asyncio.run(main())
