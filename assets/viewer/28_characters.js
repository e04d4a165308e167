// What heads do, in words and as signs of 8 pixels; which head does it best, and in which order heads are shown.
// Must not know thumbnails, rows or Gradio.

// short: in the legend; says: as a sentence over the opened head; term: how it is called elsewhere.
const CHARACTERS = {
  before: describe('looks at the word before', 'Each word looks at the word before it', 'previous-token head'),
  after: describe('looks at the word after', 'Each word looks at the word after it', 'next-token head'),
  itself: describe('looks at itself', 'Each word looks at itself', 'current-token head'),
  copies: describe(
    'looks at what followed the same word', 'A repeated word looks at what followed it before', 'induction head',
  ),
  aligns: describe(
    'finds each word’s counterpart', 'Each word finds its counterpart in the other text', 'alignment head',
  ),
  picks: describe('a few chosen words', 'Each word picks out a few others', 'content head'),
  parks: describe('rests on', 'Attention rests on', 'no-op head'),
  end: describe('rests on the end of the text', 'Attention rests on the end of the text', 'no-op head'),
  broad: describe('a little everywhere', 'Each word looks a little everywhere', 'broad head'),
};
const OF_SELF = ['before', 'after', 'itself', 'copies', 'picks', 'parks', 'broad'];
const OF_CROSS = ['aligns', 'picks', 'end', 'parks', 'broad'];

function describe(short, says, term) {
  return { short, says, term };
}

function charactersOf({ kind }) {
  return kind === 'cross' ? OF_CROSS : OF_SELF;
}

// [name, score] of a head on this text, or null for a summary.
function characterOf({ characters, layers }, layer, head) {
  const found = isSummary(layer, head) ? null : characters[layers.indexOf(layer)];
  return (found && found[head]) || null;
}

function eachHead({ layers, heads }, visit) {
  return layers.flatMap((layer) => Array.from({ length: heads }, (_, head) => visit(layer, head)));
}

// How many heads have each character.
function countCharacters(picture) {
  const counts = {};
  for (const [name] of picture.characters.flat()) counts[name] = (counts[name] || 0) + 1;
  return counts;
}

// The head that does it most, {layer, head, name, score}, or null where none does it on this text.
function bestHead(picture, wanted) {
  let best = null;
  eachHead(picture, (layer, head) => {
    const [name, score] = characterOf(picture, layer, head) || [];
    if (name === wanted && (!best || score > best.score)) best = { layer, head, name, score };
  });
  return best;
}

// All heads in the order asked for: by layer, by character (the best of each first), or by score.
function sortHeads(picture, sort) {
  const heads = eachHead(picture, (layer, head) => ({ layer, head }));
  if (sort === 'layer' || !picture.characters.length) return heads;
  const order = charactersOf(picture);
  const read = ({ layer, head }) => characterOf(picture, layer, head) || ['broad', 0];
  const place = (found) => (sort === 'score' ? 0 : order.indexOf(read(found)[0]));
  return heads.sort((one, other) => place(one) - place(other) || read(other)[1] - read(one)[1]);
}

// What special tokens are called in this text: "[CLS] and [SEP]"; of a decoder without any, the first word.
function restingPlace({ whole }) {
  const names = [...new Set(whole.cols.filter(({ special }) => special).map(({ text }) => text))];
  return names.length ? joinWords(names) : 'the first word';
}

function joinWords(names) {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names[names.length - 1]}`;
}

// The opened head in words: {says, term, share}.
function describeHead(picture, layer, head) {
  if (isSummary(layer, head)) return describeSummary(layer, head);
  const [name, score] = characterOf(picture, layer, head) || [];
  const known = CHARACTERS[name];
  if (!known) return { says: '', term: '', share: '' };
  const says = name === 'parks' ? `${known.says} ${restingPlace(picture)}` : known.says;
  return { says, term: ` (${known.term})`, share: ` · ${sayScore(name, score)}` };
}

// What the score counts: of a head that spreads its attention, how much does not go to the strongest word.
function sayScore(name, score) {
  if (name === 'picks') return `the strongest word gets ${percent(score)}`;
  return name === 'broad' ? `the strongest word gets only ${percent(1 - score)}` : `${percent(score)} of its attention`;
}

function describeSummary(layer, head) {
  const rollout = 'How much of each word is in each word at the end';
  if (head === -2) return { says: rollout, term: ' (attention rollout)', share: '' };
  const heads = layer < 0 ? 'all heads of all layers together' : 'all heads of this layer together';
  return { says: `Where words look, ${heads}`, term: ' (mean)', share: '' };
}

function headName(layer, head) {
  if (head === -2) return 'Rollout';
  if (layer < 0) return 'All heads, mean';
  return head < 0 ? `Layer ${layer + 1} · Mean` : `Layer ${layer + 1} · Head ${head + 1}`;
}

// The pattern itself in 8 pixels. Only what is news has a colour of its own.
function drawSign(context, palette, name, x, y) {
  const side = 8;
  const line = (fromX, fromY, toX, toY) => {
    context.moveTo(x + fromX, y + fromY);
    context.lineTo(x + toX, y + toY);
  };
  const dot = (at, down, radius) => {
    context.moveTo(x + at + radius, y + down);
    context.arc(x + at, y + down, radius, 0, 7);
  };
  context.strokeStyle = context.fillStyle = characterColour(palette, name) || palette.third;
  context.lineWidth = 1.6;
  context.beginPath();
  if (name === 'before') line(0, 2.5, side - 2.5, side);
  if (name === 'after') line(2.5, 0, side, side - 2.5);
  if (name === 'itself' || name === 'aligns') line(0, 0, side, side);
  context.stroke();
  for (const at of name === 'copies' ? [0, 5] : []) context.rect(x + at, y + 1 + at * 0.8, 3, 3);
  for (const dots of name === 'picks' ? [[2.4, 5.6, 1.7], [6.2, 2, 1.4]] : []) dot(...dots);
  if (name === 'parks') context.rect(x, y, 2.4, side);
  if (name === 'end') context.rect(x + side - 2.4, y, 2.4, side);
  if (name === 'broad') context.rect(x, y, side, side);
  if (name === 'broad') context.fillStyle = palette.strong;
  context.fill();
}

function characterColour(palette, name) {
  return palette.characters[name] || '';
}
