// Which layer, head and row stay chosen from one picture, or one face of it, to the next. `picture` is always a face.
// Must not know elements, colours or Gradio.

const LETTER = /\p{L}/u;

// What is remembered of a chosen row, so that it can be found again in another text or another model's tokens.
function anchorAt(picture, row) {
  const label = picture.rows[row];
  const word = label.word === null ? null : picture.words[label.word];
  return { row, fromEnd: picture.rows.length - row, text: label.text, special: label.special, word };
}

// The row of an anchor in this picture, or -1: the same token, best where it stood, else the word it belonged to.
function findAnchor(picture, anchor) {
  if (!anchor) return -1;
  const same = rowsWhere(picture, (label) => label.text === anchor.text && label.special === anchor.special);
  if (same.length) return nearest(same, anchor, picture.rows.length);
  if (anchor.word === null) return -1;
  const begins = ({ word, joined }) => word !== null && !joined && picture.words[word] === anchor.word;
  const whole = rowsWhere(picture, begins);
  return whole.length ? nearest(whole, anchor, picture.rows.length) : -1;
}

function rowsWhere(picture, test) {
  return picture.rows.flatMap((label, row) => (test(label) ? [row] : []));
}

// A word keeps its distance from the start when the text changed behind it, from the end when it changed before it.
function nearest(rows, anchor, length) {
  const away = (row) => Math.min(Math.abs(row - anchor.row), Math.abs(length - row - anchor.fromEnd));
  return rows.reduce((best, row) => (away(row) < away(best) ? row : best));
}

function anchorOfWord(picture, word) {
  const row = word === null || word === undefined ? -1 : picture.rows.findIndex((label) => label.word === word);
  return row < 0 ? null : anchorAt(picture, row);
}

// The row lit when nobody chose one: the last word with a letter in it, else the first row.
function plainRow(picture) {
  for (let row = picture.rows.length - 1; row > 0; row--) {
    const label = picture.rows[row];
    if (!label.special && label.word !== null && LETTER.test(label.text)) return row;
  }
  return 0;
}

// The choice for a new picture: what the visitor has open wins, unless this is the first picture or it insists.
function chooseIn(picture, choice, insists) {
  const asked = picture.opens;
  const fresh = insists || !choice || choice.kind !== picture.kind;
  const keeps = !fresh && hasHead(picture, choice.layer, choice.head);
  const held = fresh || findAnchor(picture, choice.lock) < 0 ? null : choice.lock;
  const home = fresh ? anchorOfWord(picture, asked.word) : findAnchor(picture, choice.home) < 0 ? null : choice.home;
  return {
    kind: picture.kind,
    layer: keeps ? choice.layer : asked.layer,
    head: keeps ? choice.head : asked.head,
    lock: held && anchorAt(picture, findAnchor(picture, held)),
    home: home && anchorAt(picture, findAnchor(picture, home)),
  };
}

function chosenRow(picture, choice) {
  if (choice.lock) return choice.lock.row;
  return choice.home ? choice.home.row : plainRow(picture);
}

// A click on a row locks it; on the locked row it lets go, back to the default row (another one where there is one).
function toggleLock(picture, choice, row) {
  const locked = choice.lock && choice.lock.row === row;
  if (!locked) return { ...choice, lock: anchorAt(picture, row) };
  return { ...choice, lock: null, home: choice.home && choice.home.row === row ? null : choice.home };
}

// The row of another face of the same picture that shows what an anchor's row showed, as an anchor there, or null.
function carryAnchor(before, after, anchor) {
  if (!anchor) return null;
  const place = after.rowOf[before.rows[anchor.row].tokens[0]];
  return place < 0 ? null : anchorAt(after, place);
}

// The choice in another face: what it shows of the chosen row stays chosen; a hidden token is let go.
function chooseInFace(before, after, choice) {
  const shown = carryAnchor(before, after, anchorAt(before, chosenRow(before, choice)));
  return { ...choice, lock: carryAnchor(before, after, choice.lock), home: shown };
}
