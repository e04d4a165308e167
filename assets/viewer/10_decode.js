// Turns a payload into a picture: labels, thumbnails and heads as bytes. Must not know elements, colours or Gradio.
// A summary of heads is named by numbers no head has: [layer, -1] is a layer's mean, [-1, -1] the mean of all, and
// [-1, -2] rollout.

const HEAD_FAILED = 'This head could not be read; please try again.';
const WEIGHTS = Float32Array.from({ length: 256 }, (_, byte) => (byte / 255) ** 2); // the packing's square-root scale

async function inflate(text) {
  const letters = atob(text), packed = new Uint8Array(letters.length);
  for (let index = 0; index < packed.length; index++) packed[index] = letters.charCodeAt(index);
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

// Bytes [head, query, key]; of a triangle only the keys up to each query were sent.
function wholeHeads(bytes, triangle, heads, rows, cols) {
  const sent = triangle ? (rows * (rows + 1)) / 2 : rows * cols;
  if (bytes.length !== heads * sent) throw new Error('the attention does not have the size it should have');
  if (!triangle) return bytes;
  const whole = new Uint8Array(heads * rows * cols);
  let from = 0;
  for (let head = 0; head < heads; head++) {
    for (let row = 0; row < rows; row++) {
      whole.set(bytes.subarray(from, from + row + 1), (head * rows + row) * cols);
      from += row + 1;
    }
  }
  return whole;
}

// A label as the payload has it, [text, piece, id, word or null, special]. joined: it goes on with the word before it;
// masked: it stands where a word was hidden from the model; special: it is no part of the text.
function readLabels(list) {
  return list.map(([text, piece, id, word, special], index) => ({
    text, piece, id, word, special: Boolean(special) && word === null, masked: Boolean(special) && word !== null,
    joined: word !== null && index > 0 && list[index - 1][3] === word,
  }));
}

async function decodePayload(payload) {
  const kind = payload.selection.kind;
  const map = payload.maps.find((found) => found.kind === kind);
  if (!map) throw new Error(`there is no ${kind} attention in it`);
  const axes = readAxes(payload, kind);
  if (axes.rows.length !== map.rows || axes.cols.length !== map.cols) throw new Error('its labels do not fit');
  const picture = {
    ...readFacts(payload), ...axes, kind, mask: map.mask, layers: map.layers, heads: map.heads,
    characters: map.characters || [], thumbnails: await decodeThumbnails(map),
    summaries: await decodeSummaries(map), opened: new Map(), awaited: new Map(), faces: new Map(),
  };
  picture.pooled = map.thumbnails.rows < map.rows || map.thumbnails.cols < map.cols;
  if (payload.opened) await keepHead(picture, payload.opened);
  return picture;
}

// What is told of the text besides its attention.
function readFacts(payload) {
  const { id, model, family, words, guesses = [], next = [], selection, source = {} } = payload;
  const whole = family === 'encoder' ? payload.own_words : words.length;
  return {
    id, model, family, words, guesses, next, source, asked: selection, opens: selection,
    notes: payload.notes || [], blanks: payload.blanks || [],
    lookFor: payload.look_for || '', lookAt: payload.look_at || null,
    ownWords: whole === undefined ? words.length : whole, // from here on, words are of the second sentence
  };
}

async function decodeThumbnails(map) {
  const { rows, cols, triangle, data } = map.thumbnails;
  const bytes = await inflate(data), count = map.layers.length * map.heads;
  return { rows, cols, triangle, bytes: wholeHeads(bytes, triangle, count, rows, cols) };
}

async function decodeSummaries(map) {
  const { names, data } = map.summaries || { names: [], data: null };
  if (!data) return { names, bytes: null };
  return { names, bytes: wholeHeads(await inflate(data), map.thumbnails.triangle, names.length, map.rows, map.cols) };
}

// Rows look, columns are looked at. Only an encoder–decoder has a second list of tokens.
function readAxes(payload, kind) {
  const read = readLabels(payload.tokens);
  if (payload.family !== 'encoder-decoder' || kind === 'encoder') return { rows: read, cols: read, pair: false };
  const written = readLabels(payload.target_tokens);
  return { rows: written, cols: kind === 'decoder' ? written : read, pair: kind === 'cross' };
}

async function keepHead(picture, packed) {
  if (packed.kind !== picture.kind) return;
  const bytes = await inflate(packed.data);
  const whole = wholeHeads(bytes, packed.triangle, 1, picture.rows.length, picture.cols.length);
  picture.opened.set(`${packed.layer}.${packed.head}`, whole);
}

function isSummary(layer, head) {
  return layer < 0 || head < 0;
}

function findSummary(picture, layer, head) {
  return picture.summaries.names.findIndex(([one, other]) => one === layer && other === head);
}

// Whether there is such a head, or such a summary, in this picture.
function hasHead(picture, layer, head) {
  if (isSummary(layer, head)) return findSummary(picture, layer, head) >= 0;
  return picture.layers.includes(layer) && head < picture.heads;
}

// One head [query, key] of tokens in full, or undefined while the viewer has only its pooled thumbnail.
function bytesOf(picture, layer, head) {
  const key = `${layer}.${head}`, size = picture.rows.length * picture.cols.length;
  if (picture.opened.has(key)) return picture.opened.get(key);
  const summary = isSummary(layer, head), source = summary ? picture.summaries : picture.thumbnails;
  if (summary ? !source.bytes : picture.pooled) return undefined;
  const at = summary ? findSummary(picture, layer, head) : picture.layers.indexOf(layer) * picture.heads + head;
  return at < 0 ? undefined : source.bytes.subarray(at * size, (at + 1) * size);
}

// Asks for a head at most once; after a failure it may be asked for again. Resolves to null, or to an error sentence.
function fetchHead(picture, layer, head, readHead) {
  const key = `${layer}.${head}`;
  if (!picture.awaited.has(key)) {
    const answer = askForHead(picture, layer, head, readHead).catch(() => HEAD_FAILED);
    picture.awaited.set(key, answer);
    answer.then((error) => error && picture.awaited.delete(key));
  }
  return picture.awaited.get(key);
}

async function askForHead(picture, layer, head, readHead) {
  const packed = await readHead({ kind: picture.kind, layer, head, id: picture.id });
  if (!packed || packed.error) return (packed && packed.error) || HEAD_FAILED;
  await keepHead(picture, packed);
  return bytesOf(picture, layer, head) ? null : 'Another head came back than the one asked for; please try again.';
}

// The tokens that a token may look at by the mask, as [first, last].
function allowedTokens(picture, row) {
  const last = picture.cols.length - 1;
  if (picture.mask === 'all') return [0, last];
  if (picture.mask === 'causal') return [0, Math.min(row, last)];
  const width = Number(picture.mask.split(':')[1]);
  if (picture.kind === 'decoder') return [Math.max(0, row - width + 1), Math.min(row, last)];
  const side = Math.floor(width / 2);
  return [Math.max(0, row - side), Math.min(last, row + side)];
}
