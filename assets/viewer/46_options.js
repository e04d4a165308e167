// The switches used once a session: what is folded into words, what is hidden, how colours grow, and of two sentences
// which part is looked at. Must not know how anything is drawn, nor Gradio.

const FORMS = {
  words: { label: 'Words or the pieces the model reads', names: { words: 'words', pieces: 'sub-words' } },
  special: { label: 'Special tokens', names: { hidden: 'special tokens hidden', shown: 'shown' } },
  scale: { label: 'How colours grow', names: { soft: 'soft colours', linear: 'linear' } },
};
// rows and columns by sentence, 0 or 1; the first looks at the second
const PARTS = { all: null, 'A→A': [0, 0], 'A→B': [0, 1], 'B→A': [1, 0], 'B→B': [1, 1] };

function createOptions(parent, actions) {
  const box = make('div', 'options', parent);
  const button = makeButton('fold', box), drawer = make('div', 'drawer', box);
  const sign = make('span', 'sign', button, '▸');
  setAttributes(sign, { 'aria-hidden': 'true' });
  make('span', '', button, 'Options');
  const said = make('span', 'now', button);
  drawer.hidden = true;
  button.setAttribute('aria-expanded', 'false');
  button.addEventListener('click', () => {
    drawer.hidden = !drawer.hidden;
    setText(sign, drawer.hidden ? '▸' : '▾');
    button.setAttribute('aria-expanded', String(!drawer.hidden));
  });
  const switches = {};
  for (const [name, { label, names }] of Object.entries(FORMS)) {
    switches[name] = makeSegments(drawer, label, names, (chosen) => actions.set(name, chosen));
  }
  return { box, said, switches };
}

function showOptions(options, { form, scale }) {
  const words = form.words ? 'words' : 'pieces', special = form.special ? 'shown' : 'hidden';
  pressSegment(options.switches.words, words);
  pressSegment(options.switches.special, special);
  pressSegment(options.switches.scale, scale);
  const folded = form.words ? 'words, not sub-words' : 'sub-words';
  setText(options.said, `${folded} · special tokens ${special} · ${scale} colour scale`);
}

// For two sentences only: which of them looks at which. The shares stay as they are; the rest steps back.
function createParts(parent, actions) {
  const line = make('div', 'parts', parent);
  const names = Object.fromEntries(Object.keys(PARTS).map((name) => [name, name]));
  const segments = makeSegments(line, 'Which sentence looks at which', names, actions.part);
  make('span', 'quiet', line, 'A, the first sentence, B, the second: looks → is looked at');
  line.hidden = true;
  return { line, segments };
}

function isPair({ pair, split, rows }) {
  return !pair && split > 0 && split < rows.length;
}

function showParts(parts, { picture, part }) {
  parts.line.hidden = !isPair(picture);
  pressSegment(parts.segments, part || 'all');
}

// Whether a row, and a cell, is in the part of the pair that is looked at.
function partOf({ split }, part) {
  if (!part) return { showsRow: () => true, shows: () => true };
  const [rows, cols] = PARTS[part], side = (index) => (index < split ? 0 : 1);
  const showsRow = (row) => side(row) === rows;
  return { showsRow, shows: (row, col) => showsRow(row) && side(col) === cols };
}
