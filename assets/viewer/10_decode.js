// Turns a payload into a picture: labels, thumbnails and heads as bytes. Must not know elements, colours or Gradio.

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

// A label as the payload has it, [text, piece, id, word or null, special]; joined: it goes on with the word before it.
function readLabels(list) {
  return list.map(([text, piece, id, word, special], index) => ({
    text, piece, id, word, special: Boolean(special),
    joined: word !== null && index > 0 && list[index - 1][3] === word,
  }));
}

async function decodePayload(payload) {
  const kind = payload.selection.kind;
  const map = payload.maps.find((found) => found.kind === kind);
  if (!map) throw new Error(`there is no ${kind} attention in it`);
  const picture = {
    id: payload.id, kind, mask: map.mask, model: payload.model, words: payload.words, notes: payload.notes || [],
    layers: map.layers, heads: map.heads, asked: payload.selection, ...readAxes(payload, kind),
    thumbnails: await decodeThumbnails(map), opened: new Map(), awaited: new Map(),
  };
  if (picture.rows.length !== map.rows || picture.cols.length !== map.cols) throw new Error('its labels do not fit');
  picture.pooled = map.thumbnails.rows < map.rows || map.thumbnails.cols < map.cols;
  if (payload.opened) await keepHead(picture, payload.opened);
  return picture;
}

async function decodeThumbnails(map) {
  const { rows, cols, triangle, data } = map.thumbnails;
  const bytes = await inflate(data), count = map.layers.length * map.heads;
  return { rows, cols, triangle, bytes: wholeHeads(bytes, triangle, count, rows, cols) };
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

// One head [query, key] in full, or undefined while the viewer has only its pooled thumbnail.
function headOf(picture, layer, head) {
  const key = `${layer}.${head}`;
  if (picture.pooled || picture.opened.has(key)) return picture.opened.get(key);
  const size = picture.rows.length * picture.cols.length;
  const from = (picture.layers.indexOf(layer) * picture.heads + head) * size;
  return picture.thumbnails.bytes.subarray(from, from + size);
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
  return headOf(picture, layer, head) ? null : 'Another head came back than the one asked for; please try again.';
}

// The keys that a query may look at by the mask, as [first, last].
function allowedKeys(picture, row) {
  const last = picture.cols.length - 1;
  if (picture.mask === 'all') return [0, last];
  if (picture.mask === 'causal') return [0, Math.min(row, last)];
  const width = Number(picture.mask.split(':')[1]);
  if (picture.kind === 'decoder') return [Math.max(0, row - width + 1), Math.min(row, last)];
  const side = Math.floor(width / 2);
  return [Math.max(0, row - side), Math.min(last, row + side)];
}
