//! Every scenario of what a session must do is held: by a test whose documentation says `Scenario 51`, or it says in
//! `tests/scenarios.md` why it cannot happen, why it is declined, or what it waits for.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// The numbers, which have gaps.
const NUMBERS: &str = "\
    1 2 4 5 6 8 10 13 16 20 22 23 24 26 27 29 32 33 34 35 36 37 39 40 41 44 45 46 47 48 51 52 53 55 57 59 60 62 63 64 \
    67 68 71 72 73 75 76 77 83 84 85 87 88 89 92 93 94 95 96 99 101 103 104 109 112 113 114 115 118 120 122 123 124 \
    125 127 129 130 132 133 135 136 137 142 143 144 146 147 148 150 151 154 155 157 158 159 160 162 163 165 167 169 \
    170 172 173 176 178 179 180 181 183 184 186 187 189 192 194 197 198 199 200 204 205 206 207 211 213 214 216 217 \
    218 219 220 221 223 224 225 226 230 231 234 235 236 237 238 239 240 242 243 244 245 246 247 248 251 252 254 255 \
    257 260 262 265 267 268 269 270 271 273 274 275 276 277 279 280 282 287 288 289 290 292 293 294 295 296 297 298 \
    301 303 304 305 306 308 309 310 312 314 315 317 318 319 320 321 322 323 324 325 326 327 328 329 330 331 334 335 \
    337 339 341 343 348";

/// Those that nothing holds yet. It only gets shorter.
const OPEN: [u32; 0] = [];

/// How a scenario is held.
type Held = BTreeMap<u32, BTreeSet<String>>;

fn numbers() -> BTreeSet<u32> {
    NUMBERS.split_whitespace().map(|number| number.parse().expect("a number")).collect()
}

/// The numbers after `Scenario` or `Scenarios`: `23`, `53 and 59`, `1, 2 and 4`.
fn named(line: &str) -> Vec<u32> {
    let Some((_, rest)) = line.split_once("cenario") else { return Vec::new() };
    let words =
        rest.trim_start_matches('s').split([' ', ',']).filter(|word| !word.is_empty() && *word != "and");
    let number = |word: &str| word.trim_end_matches(['.', ':', ';']).parse().ok();
    words.map_while(number).collect()
}

/// The scenarios that tests name in the documentation right above them.
fn tested() -> Held {
    let mut held = Held::new();
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it");
    for file in fs::read_dir(directory).expect("the tests are there") {
        let path = file.expect("the directory can be read").path();
        if !path.is_file() {
            continue;
        }
        let module = path.file_stem().expect("a file has a name").to_string_lossy().into_owned();
        let mut documented = Vec::new();
        for line in fs::read_to_string(&path).expect("a test can be read").lines() {
            let line = line.trim_start();
            if line.starts_with("///") {
                documented.extend(named(line));
            } else if let Some((_, name)) = line.split_once("fn ") {
                let test = format!("{module}::{}", name.split('(').next().unwrap_or_default());
                documented.drain(..).for_each(|number| {
                    held.entry(number).or_default().insert(test.clone());
                });
            } else if !line.starts_with("#[") {
                documented.clear();
            }
        }
    }
    held
}

/// The lines of `scenarios.md`: number, how (`by construction`, `declined`, `later`) and why.
fn said() -> BTreeMap<u32, (String, String)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios.md");
    let text = fs::read_to_string(path).expect("the list is there");
    let rows = text.lines().filter_map(|line| {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [number, how, why] = *cells else { return None };
        Some((number.parse().ok()?, (how.to_owned(), why.to_owned())))
    });
    rows.collect()
}

#[test]
fn every_scenario_is_held_or_says_why_not() {
    let (numbers, tested, said) = (numbers(), tested(), said());
    assert_eq!(numbers.len(), 218);
    for (number, (how, why)) in &said {
        assert!(["by construction", "declined", "later"].contains(&&**how), "{number}: {how}");
        assert!(!why.is_empty(), "{number}: {how}, but why?");
        assert!(!tested.contains_key(number), "{number} is tested, and {how}");
    }
    let known = |number: &&u32| numbers.contains(number);
    assert!(tested.keys().chain(said.keys()).all(|number| known(&number)), "a scenario that does not exist");
    let of = |how: &str| said.values().filter(|(said, _)| said == how).count();
    let is_missing = |number: &u32| !tested.contains_key(number) && !said.contains_key(number);
    let missing: Vec<u32> = numbers.iter().copied().filter(is_missing).collect();
    let (construction, declined, later) = (of("by construction"), of("declined"), of("later"));
    eprintln!(
        "218 scenarios: {} tested, {construction} by construction, {declined} declined, {later} later, {} missing: \
         {missing:?}",
        tested.len(),
        missing.len()
    );
    assert_eq!(missing, OPEN);
}
