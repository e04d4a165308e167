// The face of a picture: its tokens folded to words or not, special tokens hidden or not. Everything that is drawn is
// drawn from a face. Must not know elements, colours or Gradio.
// A word looks where its pieces look on average and is looked at as much as its pieces together; where special tokens
// are hidden, each row is scaled to add up to 1 again, and what it had parked on them is told apart.

const PLAIN_FORM = { words: true, special: false };
const KEPT_FOLDED = 24; // heads kept folded; folding one again takes a millisecond

// Each picture keeps its faces, at most four, so that switching back costs nothing.
function faceOf(picture, form) {
  const key = `${form.words ? 'words' : 'pieces'}|${form.special ? 'special' : 'plain'}`;
  if (!picture.faces.has(key)) picture.faces.set(key, makeFace(picture, form, `${picture.id}|${key}`));
  return picture.faces.get(key);
}

function makeFace(picture, form, key) {
  const rows = groupTokens(picture.rows, picture.words, form), square = picture.cols === picture.rows;
  const cols = square ? rows : groupTokens(picture.cols, picture.words, form);
  const nothing = !rows.length || !cols.length;
  if (nothing && !form.special) return faceOf(picture, { ...form, special: true }); // special tokens are all there is
  const face = { ...picture, whole: picture, key, form, rows, cols, folded: new Map() };
  face.rowOf = placesOf(rows, picture.rows.length);
  face.colOf = square ? face.rowOf : placesOf(cols, picture.cols.length);
  face.same = rows.length === picture.rows.length && cols.length === picture.cols.length;
  face.hides = cols.reduce((sum, { tokens }) => sum + tokens.length, 0) < picture.cols.length;
  face.hidden = hiddenNames(picture, face);
  face.split = rows.findIndex(({ word }) => word !== null && word >= picture.ownWords); // a second sentence's first
  face.open = rows.map(({ tokens }) => allowedColumns(picture, face, tokens));
  face.thumbnails = foldThumbnails(face);
  return face;
}

// The labels of an axis as this form shows them; `tokens` are the places of each one's tokens.
function groupTokens(labels, words, form) {
  const shown = [];
  labels.forEach((label, at) => {
    const { word } = label, last = shown[shown.length - 1];
    const dropped = form.words && !form.special ? word === null : !form.special && label.special;
    if (dropped) return;
    if (form.words && word !== null && label.joined && last && last.word === word) {
      last.tokens.push(at);
      last.pieces.push(label);
      if (!label.masked) last.text = words[word];
      return;
    }
    const text = textOf(label, words, form);
    shown.push({ ...label, text, joined: !form.words && label.joined, tokens: [at], pieces: [label] });
  });
  return shown;
}

function textOf(label, words, { words: folds }) {
  return folds && label.word !== null && !label.masked && !label.special ? words[label.word] : label.text;
}

// For each token the place of its label, or -1 where it is hidden.
function placesOf(items, count) {
  const places = new Int32Array(count).fill(-1);
  items.forEach(({ tokens }, place) => tokens.forEach((token) => { places[token] = place; }));
  return places;
}

// What the hidden tokens are called, each once: [CLS] and [SEP].
function hiddenNames(picture, { colOf }) {
  return [...new Set(picture.cols.filter(({ special }, at) => special && colOf[at] < 0).map(({ text }) => text))];
}

// The columns that the tokens of a row may look at by the mask, as [first, last].
function allowedColumns(picture, { cols, colOf }, tokens) {
  if (picture.mask === 'all') return [0, cols.length - 1];
  const spans = tokens.map((token) => allowedTokens(picture, token));
  let first = Math.min(...spans.map((span) => span[0])), last = Math.max(...spans.map((span) => span[1]));
  while (first <= last && colOf[first] < 0) first += 1;
  while (last >= first && colOf[last] < 0) last -= 1;
  return first > last ? [0, -1] : [colOf[first], colOf[last]];
}

function allowedKeys(face, row) {
  return face.open[row];
}

// A head in this form: weights and their bytes [row, column], and the share of each row that rested on hidden tokens.
function headOf(face, layer, head) {
  const key = `${layer}.${head}`, { folded } = face;
  if (folded.has(key)) return folded.get(key);
  const bytes = bytesOf(face.whole, layer, head);
  if (!bytes) return undefined;
  if (folded.size >= KEPT_FOLDED) folded.delete(folded.keys().next().value);
  folded.set(key, foldHead(face, bytes));
  return folded.get(key);
}

function foldHead(face, bytes) {
  const weights = new Float32Array(face.rows.length * face.cols.length), parked = new Float32Array(face.rows.length);
  if (face.same) {
    for (let at = 0; at < bytes.length; at++) weights[at] = WEIGHTS[bytes[at]];
    return { weights, bytes, parked };
  }
  sumPieces(face, bytes, weights, parked);
  const width = face.cols.length;
  face.rows.forEach(({ tokens }, row) => {
    let kept = 0;
    for (let at = row * width; at < (row + 1) * width; at++) kept += weights[at];
    const all = kept + parked[row], scale = face.hides && !face.form.special ? kept : tokens.length;
    for (let at = row * width; at < (row + 1) * width; at++) weights[at] /= Math.max(scale, 1e-9);
    parked[row] = all > 0 ? parked[row] / all : 0;
  });
  return { weights, bytes: bytesFrom(weights), parked };
}

function bytesFrom(weights) {
  const bytes = new Uint8Array(weights.length);
  for (let at = 0; at < weights.length; at++) bytes[at] = byteOf(weights[at]);
  return bytes;
}

// Adds every cell of tokens to its cell of labels, or to what its row has parked.
function sumPieces({ whole, rowOf, colOf, cols }, bytes, weights, parked) {
  const width = whole.cols.length, to = cols.length;
  for (let row = 0; row < whole.rows.length; row++) {
    const place = rowOf[row];
    if (place < 0) continue;
    for (let col = 0; col < width; col++) {
      const weight = WEIGHTS[bytes[row * width + col]], column = colOf[col];
      if (column < 0) parked[place] += weight;
      else weights[place * to + column] += weight;
    }
  }
}

function byteOf(weight) {
  return Math.min(255, Math.round(Math.sqrt(weight) * 255));
}

// All heads in this form, and behind them the mean of each layer's; pooled sketches stay as they were pooled.
function foldThumbnails(face) {
  const { thumbnails, pooled, heads, layers } = face.whole;
  const { rows, cols } = pooled ? thumbnails : { rows: face.rows.length, cols: face.cols.length };
  const size = rows * cols, sent = thumbnails.rows * thumbnails.cols, count = layers.length * heads;
  const bytes = new Uint8Array(size * (count + layers.length));
  const put = (one, at) => bytes.set(pooled || face.same ? one : foldHead(face, one).bytes, at * size);
  for (let at = 0; at < count; at++) put(thumbnails.bytes.subarray(at * sent, (at + 1) * sent), at);
  layers.forEach((_, down) => put(meanOf(thumbnails.bytes, down * heads * sent, sent, heads), count + down));
  return { rows, cols, triangle: thumbnails.triangle, bytes };
}

function meanOf(bytes, from, size, count) {
  const mean = new Uint8Array(size);
  for (let at = 0; at < size; at++) {
    let sum = 0;
    for (let head = 0; head < count; head++) sum += WEIGHTS[bytes[from + head * size + at]];
    mean[at] = byteOf(sum / count);
  }
  return mean;
}
