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

const lostLetters = (word) => Array.from(word, (_, place) => word.slice(0, place) + word.slice(place + 1));

/** Whether `word` is made of the beginnings of the syllables, one of each, and not of their first letters alone. */
function begins(word, syllables) {
  if (word.length <= syllables.length) return false;
  let ends = new Set([0]);
  for (const syllable of syllables) {
    const next = new Set();
    for (const end of ends) {
      for (let length = 1; length <= syllable.length; length += 1) {
        if (word.startsWith(syllable.slice(0, length), end)) next.add(end + length);
      }
    }
    ends = next;
  }
  return ends.has(word.length);
}

/** Whether two words differ in one letter too many, too few, or other, or in two that changed places. */
function oneSlip(one, two) {
  let first = 0;
  while (first < one.length && first < two.length && one[first] === two[first]) first += 1;
  const [left, right] = [one.slice(first), two.slice(first)];
  if (left.length > right.length) return left.slice(1) === right;
  if (left.length < right.length) return left === right.slice(1);
  if (left.slice(1) === right.slice(1)) return true;
  return left[0] === right[1] && left[1] === right[0] && left.slice(2) === right.slice(2);
}

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
    this.byFirst = new Map();
    this.single = new Map();
    this.ways = new Map();
    this.lost = new Map();
    for (const line of data.names.split("\n")) {
      const [key, ...ways] = line.split("\t");
      this.ways.set(key, ways.map((way) => way.split(" ")));
      this.ways.get(key).forEach((syllables, number) => {
        if (key.length === 1) {
          push(this.single, syllables[0], key);
          return;
        }
        const first = this.byFirst.get(syllables[0][0]);
        if (first) first.push([key, syllables]);
        else this.byFirst.set(syllables[0][0], [[key, syllables]]);
        push(this.byPinyin, syllables.join(""), key);
        push(this.byNear, syllables.map(nearSound).join(""), key);
        if (number === 0) push(this.byInitials, syllables.map((one) => one[0]).join(""), key);
      });
    }
    this.latin = data.latin ? data.latin.split("\n") : NONE;
    this.longNames = data.long_names ? data.long_names.split("\n") : NONE;
  }

  /**
   * Returns pinyin of names that begin with a letter, by what is left of it without one letter, and by itself; made when
   * the first slip in a word that begins so is looked for.
   */
  lostLetter(letter) {
    let lost = this.lost.get(letter);
    if (lost) return lost;
    this.lost.set(letter, (lost = new Map()));
    for (const sound of this.byPinyin.keys()) {
      if (sound[0] !== letter) continue;
      for (const left of new Set([sound, ...lostLetters(sound)])) push(lost, left, sound);
    }
    return lost;
  }

  /** Returns the ways to read a Chinese word, the usual one first. */
  readings(word, most) {
    const known = this.ways.get(word);
    if (known) return known;
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

  /** Whether two Chinese words are read alike. */
  soundsAlike(one, two) {
    if (one.length !== two.length || !whollyChinese(one) || !whollyChinese(two)) return false;
    const known = new Set(this.readings(two).map((way) => way.join(" ")));
    return this.readings(one).some((way) => known.has(way.join(" ")));
  }

  /** Returns a name as it is rightly written: that of its concept where it only sounds like that. */
  rightName(key) {
    const name = this.dictionary.name(key);
    return this.dictionary.meanings(key).find((concept) => this.soundsAlike(name, concept.label))?.label || name;
  }

  /** Returns the name that a Latin word is the pinyin of, as it is rightly written; nothing where it is of none. */
  speltName(word, concepts) {
    const plain = word.replaceAll(" ", "");
    for (const concept of concepts) {
      for (const name of concept.names) {
        if (!whollyChinese(name) || !this.readings(name).some((way) => way.join("") === plain)) continue;
        return this.soundsAlike(name, concept.label) ? concept.label : name;
      }
    }
    return "";
  }

  /** Returns keys of names of one character that a lone syllable may stand for. */
  characters(word) { return (isAsciiWord(word) && this.sounds()?.single.get(word)) || NONE; }

  misspells(word, label) {
    if (word.length !== label.length || word === label) return false;
    if (!whollyChinese(word) || !whollyChinese(label)) return false;
    if (this.soundsAlike(word, label)) return true;
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

  /** Returns names that sound like a stretch of `run`; after them those that differ from one in one character. */
  chinese(run, count) {
    const guesses = [];
    for (const way of [this.bySound, this.byLook]) {
      for (let length = Math.min(this.rules.longest_word, run.length); length > 1; length -= 1) {
        for (let start = 0; start + length <= run.length; start += 1) {
          if (guesses.some((guess) => guess.start < start + length && start < guess.start + guess.length)) continue;
          const key = way.call(this, run.slice(start, start + length), count, length === run.length);
          if (key) guesses.push({ key, name: this.dictionary.name(key), start, length });
        }
      }
    }
    return guesses.sort((one, two) => one.start - two.start);
  }

  bySound(part, count, whole) {
    const written = seldomest(part, count);
    // Two characters out of a longer run must sound just so: 视机, of 电视机, is nearly 死机 to an ear.
    return this.sounding(part, whole || part.length > 2).find((key) => {
      const name = this.dictionary.name(key);
      // Every pair of characters sounds like some word: 由器 is no slip for 油气, 抱警 is one for 报警.
      const likely = part.length > 2 || part[0] === name[0] || part[1] === name[1];
      return likely && name !== part && (!written || this.carried(key, count) >= this.rules.seldom * written);
    }) || "";
  }

  byLook(part, count) {
    return part.length >= this.rules.shortest_look && !seldomest(part, count) ? this.alike(part) : "";
  }

  carried(key, count) {
    return Math.max(0, ...this.dictionary.meanings(key).map((concept) => count(concept.token)));
  }

  sounding(part, near) {
    const ways = this.readings(part);
    for (const way of ways) {
      const keys = this.sounds().byPinyin.get(way.join(""));
      if (keys) return keys;
    }
    return (near && ways.length && this.sounds().byNear.get(ways[0].map(nearSound).join(""))) || NONE;
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
      if (known[0] !== word[0]) continue; // a slip hardly ever hits the first letter
      const most = (200 * Math.min(word.length, known.length)) / (word.length + known.length);
      if (most < this.rules.like_latin - 1e-9) continue;
      const score = likeness(word, known);
      if (score >= this.rules.like_latin - 1e-9) found.push([score, known]);
    }
    found.sort((one, two) => two[0] - one[0] || (one[1] < two[1] ? -1 : 1));
    return found.slice(0, this.rules.most_guesses).map((one) => one[1]);
  }

  /** Returns keys of names of whose syllables only the beginnings were typed: bianmq, dingx. */
  shortened(word, count) {
    if (word.length < this.rules.shortest_latin || word.length > this.rules.longest_pinyin) return NONE;
    if (!isAsciiWord(word)) return NONE;
    const found = new Map();
    for (const [key, way] of this.sounds()?.byFirst.get(word[0]) || NONE) {
      if (way.length < word.length && begins(word, way)) found.set(key, word.length / way.join("").length);
    }
    return this.likeliest(found, count);
  }

  /** Returns keys of names whose pinyin differs from `word` in one letter, or in two that changed places. */
  slipped(word, count) {
    if (word.length < this.rules.shortest_slip || word.length > this.rules.longest_pinyin) return NONE;
    if (!isAsciiWord(word) || !this.sounds()) return NONE;
    const { byPinyin } = this.sounds();
    const byLostLetter = this.sounds().lostLetter(word[0]); // a slip hardly ever hits the first letter
    const found = new Map();
    for (const left of new Set([word, ...lostLetters(word)])) {
      for (const spelt of byLostLetter.get(left) || NONE) {
        if (spelt === word || spelt[0] !== word[0] || !oneSlip(word, spelt)) continue;
        for (const key of byPinyin.get(spelt)) found.set(key, 1);
      }
    }
    return this.likeliest(found, count);
  }

  likeliest(found, count) {
    const rows = [...found].map(([key, like]) => [like, this.carried(key, count), this.dictionary.name(key), key]);
    rows.sort((one, two) => two[0] - one[0] || two[1] - one[1] || (one[2] < two[2] ? -1 : 1));
    return rows.filter((row) => row[1]).slice(0, this.rules.most_guesses).map((row) => row[3]);
  }

  /** Returns what letters may be the initials of: {text, tokens, surfaces, concepts}. */
  initials(word) {
    if (word.length < this.rules.shortest_initials || word.length > this.rules.longest_initials) return NONE;
    if (!isAsciiWord(word)) return NONE;
    const found = new Map();
    for (const key of this.sounds()?.byInitials.get(word) || NONE) {
      const name = this.rightName(key);
      const concepts = this.dictionary.meanings(key).slice(0, 1);
      found.set(name, { text: name, tokens: concepts.map((concept) => concept.token), surfaces: [name], concepts });
    }
    if (word.length >= 3) {
      this.lettered ||= this.ask("lettered")?.split("\n").map((line) => line.split("\t"));
      for (const [title, letters] of this.lettered || NONE) {
        const place = letters.indexOf(word);
        if (place < 0) continue;
        const phrase = title.slice(place, place + word.length);
        if (found.has(phrase)) continue;
        const tokens = [...phrase].slice(1).map((two, number) => phrase[number] + two);
        found.set(phrase, { text: phrase, tokens, surfaces: [phrase], concepts: NONE });
      }
    }
    const all = [...found.values()].sort((one, two) => (one.text < two.text ? -1 : Number(one.text > two.text)));
    return unique(all).slice(0, this.rules.most_guesses * 4);
  }
}

/** Returns how many pages have the rarest pair of characters of a word. */
function seldomest(part, count) {
  let least = Infinity;
  for (let place = 0; place < part.length - 1; place += 1) least = Math.min(least, count(part.slice(place, place + 2)));
  return least;
}

function sameSigns(one, two) {
  let same = 0;
  for (let place = 0; place < one.length; place += 1) same += one[place] === two[place] ? 1 : 0;
  return same;
}
