// What someone may have meant: words by sound, by initials, by a likely spelling. kb/search/tolerance.py and
// kb/search/pinyin.py, over readings of characters and names that the pack brings.

import { isAsciiWord, unique, whollyChinese } from "./tokens.mjs";

const NONE = [];

/** Returns how alike two words are, 0 to 100: twice the common subsequence over both lengths. */
export function likeness(one, two) {
  const row = new Uint8Array(two.length + 1);
  for (const sign of one) {
    let corner = 0;
    for (let place = 1; place <= two.length; place += 1) {
      const above = row[place];
      row[place] = sign === two[place - 1] ? corner + 1 : Math.max(above, row[place - 1]);
      corner = above;
    }
  }
  return (1 - (one.length + two.length - 2 * row[two.length]) / (one.length + two.length)) * 100;
}

/** Returns a syllable as an ear hears it that does not part zh from z, or ing from in. */
function nearSound(syllable) {
  const start = /^[zcs]h/.test(syllable) ? syllable[0] + syllable.slice(2) : syllable;
  return /(?:ing|eng)$/.test(start) ? start.slice(0, -1) : start;
}

const push = (map, key, value) => {
  const list = map.get(key);
  if (!list) map.set(key, [value]);
  else if (!list.includes(value)) list.push(value);
};

/** Names by sound and readings of characters. */
class Sounds {
  constructor(data) {
    this.known = new Set(data.syllables.split(" "));
    this.characters = new Map();
    for (const line of data.characters.split("\n")) {
      const [readings, characters] = line.split("\t");
      for (const character of characters) this.characters.set(character, readings.split(" "));
    }
    this.byPinyin = new Map();
    this.byNear = new Map();
    this.byInitials = new Map();
    this.spoken = [];
    for (const line of data.names.split("\n")) {
      const [key, ...ways] = line.split("\t");
      this.spoken.push(key);
      ways.forEach((way, number) => {
        const syllables = way.split(" ");
        push(this.byPinyin, syllables.join(""), key);
        push(this.byNear, syllables.map(nearSound).join(""), key);
        if (number === 0) push(this.byInitials, syllables.map((one) => one[0]).join(""), key);
      });
    }
    this.latin = data.latin ? data.latin.split("\n") : NONE;
    this.longNames = data.long_names ? data.long_names.split("\n") : NONE;
  }

  /** Returns the ways to read a Chinese word, the usual one first. */
  readings(word, most) {
    const choices = [...word].map((character) => this.characters.get(character));
    if (choices.some((choice) => !choice)) return NONE;
    let ways = [[]];
    for (const choice of choices) ways = ways.flatMap((way) => choice.slice(0, 3).map((one) => [...way, one]));
    return ways.slice(0, most);
  }
}

export class Tolerance {
  /**
   * @param dictionary The trade's words.
   * @param rules Bounds of kb/search/tolerance.py.
   * @param ask Returns a file of the pack, or undefined where it is yet to come.
   */
  constructor(dictionary, rules, ask) {
    this.dictionary = dictionary;
    this.rules = rules;
    this.ask = ask;
    this.heardOf = null;
    this.lettered = null;
  }

  sounds() {
    if (!this.heardOf) {
      const data = this.ask("sounds");
      if (!data) return null;
      this.heardOf = new Sounds(data);
    }
    return this.heardOf;
  }

  readings(word) { return this.sounds()?.readings(word, this.rules.most_readings) || NONE; }

  spellsAName(word, names) {
    const keys = this.sounds()?.byPinyin.get(word.replaceAll(" ", "")) || NONE;
    return keys.some((key) => names.includes(this.dictionary.name(key)));
  }

  misspells(word, label) {
    if (word.length !== label.length || word === label) return false;
    if (!whollyChinese(word) || !whollyChinese(label)) return false;
    const known = new Set(this.readings(label).map((way) => way.join(" ")));
    if (this.readings(word).some((way) => known.has(way.join(" ")))) return true;
    return label.length >= 3 && sameSigns(word, label) === label.length - 1;
  }

  /** Returns a word as pinyin syllables, as few as it allows; empty where it is none. */
  syllables(word) {
    const known = this.sounds()?.known;
    if (!known || !isAsciiWord(word) || word.length < 2 || word.length > 60) return NONE;
    const best = [[], ...Array(word.length).fill(null)];
    for (let end = 1; end <= word.length; end += 1) {
      for (let start = Math.max(0, end - 6); start < end; start += 1) {
        const before = best[start];
        if (before === null || !known.has(word.slice(start, end))) continue;
        if (best[end] === null || before.length + 1 < best[end].length) best[end] = [...before, word.slice(start, end)];
      }
    }
    return best[word.length] || NONE;
  }

  /** Returns the stretches of pinyin, names as long as possible first: {text, keys, tokens}. */
  heard(syllables) {
    const sounds = this.sounds();
    const found = [];
    let left = [];
    const flush = () => {
      if (left.length) found.push({ text: left.join(""), keys: NONE, tokens: this.pairs(left) });
      left = [];
    };
    let place = 0;
    while (place < syllables.length) {
      let taken = 0;
      for (let length = Math.min(this.rules.longest_word, syllables.length - place); length > 1; length -= 1) {
        const part = syllables.slice(place, place + length);
        const keys = sounds.byPinyin.get(part.join("")) || sounds.byNear.get(part.map(nearSound).join(""));
        if (!keys) continue;
        flush();
        found.push({ text: part.join(""), keys, tokens: this.pairs(part) });
        taken = length;
        break;
      }
      if (!taken) {
        left.push(syllables[place]);
        taken = 1;
      }
      place += taken;
    }
    flush();
    return found;
  }

  pairs(syllables) {
    return syllables.slice(1).map((two, number) => `${this.rules.sound_mark}${syllables[number]}.${two}`);
  }

  soundTokens(run) {
    const way = this.readings(run)[0];
    return way ? this.pairs(way) : NONE;
  }

  /** Returns names that sound like a stretch of `run`, or differ from it in one character. */
  chinese(run, count) {
    const guesses = [];
    for (let length = Math.min(this.rules.longest_word, run.length); length > 1; length -= 1) {
      for (let start = 0; start + length <= run.length; start += 1) {
        const part = run.slice(start, start + length);
        if (guesses.some((guess) => guess.start < start + length && start < guess.start + guess.length)) continue;
        let written = Infinity;
        for (let n = 0; n < length - 1; n += 1) written = Math.min(written, count(part.slice(n, n + 2)));
        const key = this.sounding(part).find(
          (one) => this.dictionary.name(one) !== part
            && (!written || this.carried(one, count) >= this.rules.seldom * written),
        );
        if (key !== undefined) {
          guesses.push({ key, name: this.dictionary.name(key), start, length });
        } else if (!written && length >= 3) {
          const name = this.alike(part);
          if (name) guesses.push({ key: name, name, start, length });
        }
      }
    }
    return guesses;
  }

  carried(key, count) {
    return Math.max(0, ...this.dictionary.meanings(key).map((concept) => count(concept.token)));
  }

  sounding(part) {
    const ways = this.readings(part);
    for (const way of ways) {
      const keys = this.sounds().byPinyin.get(way.join(""));
      if (keys) return keys;
    }
    return (ways.length && this.sounds().byNear.get(ways[0].map(nearSound).join(""))) || NONE;
  }

  alike(part) {
    let best = "";
    let most = this.rules.like_chinese - 1e-9;
    for (const name of this.sounds()?.longNames || NONE) {
      // Only words with a character in common can be so alike; names of other lengths compete, as on the server.
      const score = likeness(part, name);
      if (score > most || (!best && score >= most)) [best, most] = [name, score];
    }
    return best.length === part.length && sameSigns(part, best) >= part.length - 1 ? best : "";
  }

  /** Returns Latin words that are spelt much like `word`, the likeliest first. */
  latin(word) {
    if (word.length < this.rules.shortest_latin || /[^\x00-\x7f]/.test(word)) return NONE;
    const found = [];
    for (const known of this.sounds()?.latin || NONE) {
      const most = (200 * Math.min(word.length, known.length)) / (word.length + known.length);
      if (most < this.rules.like_latin - 1e-9) continue;
      const score = likeness(word, known);
      if (score >= this.rules.like_latin - 1e-9) found.push([score, known]);
    }
    found.sort((one, two) => two[0] - one[0] || (one[1] < two[1] ? -1 : 1));
    return found.slice(0, this.rules.most_guesses).map((one) => one[1]);
  }

  /** Returns what letters may be the initials of: {text, tokens, surfaces}. */
  initials(word) {
    if (word.length < this.rules.shortest_initials || word.length > this.rules.longest_initials) return NONE;
    if (!isAsciiWord(word)) return NONE;
    const found = new Map();
    for (const key of this.sounds()?.byInitials.get(word) || NONE) {
      const name = this.dictionary.name(key);
      const tokens = this.dictionary.meanings(key).slice(0, 1).map((concept) => concept.token);
      found.set(name, { text: name, tokens, surfaces: [name] });
    }
    if (word.length >= 3) {
      this.lettered ||= this.ask("lettered")?.split("\n").map((line) => line.split("\t"));
      for (const [title, letters] of this.lettered || NONE) {
        const place = letters.indexOf(word);
        if (place < 0) continue;
        const phrase = title.slice(place, place + word.length);
        if (found.has(phrase)) continue;
        const tokens = [...phrase].slice(1).map((two, number) => phrase[number] + two);
        found.set(phrase, { text: phrase, tokens, surfaces: [phrase] });
      }
    }
    const all = [...found.values()].sort((one, two) => (one.text < two.text ? -1 : Number(one.text > two.text)));
    return unique(all).slice(0, this.rules.most_guesses * 4);
  }
}

function sameSigns(one, two) {
  let same = 0;
  for (let place = 0; place < one.length; place += 1) same += one[place] === two[place] ? 1 : 0;
  return same;
}
