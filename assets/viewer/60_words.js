// What the viewer says in words: the legend, the state line, the live text and the accessible table of the lit row.
// Must not know how anything is drawn, nor Gradio.

const KEY_STEPS = [0, 0.1, 0.25, 0.5, 1];

// The colour key, whose steps stand where their colour really is; beside it the pieces a word was read in.
function createLegend(parent) {
  const box = make('div', 'legend', parent);
  const key = make('div', 'key', box);
  const text = make('p', '', key, 'rows look, columns are looked at · each row adds up to 100\u00a0%');
  const remark = make('span', '', text), ramp = make('div', 'ramp', key), steps = make('div', 'steps', key);
  ramp.setAttribute('aria-hidden', 'true');
  steps.setAttribute('aria-hidden', 'true');
  for (const step of KEY_STEPS) {
    const name = { 0: 'first', 1: 'last' }[step] || '';
    make('span', name, steps, step === 1 ? percent(step) : String(step * 100));
  }
  const pieces = make('p', 'pieces', box);
  return { remark, steps, pieces };
}

// Under the stage, beside the numbers: "11 % of it's attention is parked on [CLS] and [SEP]".
function createParked(parent) {
  const parked = make('p', 'parked', parent);
  return { share: make('span', '', parked), word: make('b', '', parked), where: make('span', '', parked) };
}

function showLegend(legend, view) {
  const { picture, mode, scale } = view;
  const many = Math.max(picture.rows.length, picture.cols.length) > MANY_TOKENS;
  setText(legend.remark, many && mode !== 'matrix' ? ' · lines are drawn for the lit row only' : '');
  KEY_STEPS.forEach((step, at) => { legend.steps.children[at].style.left = `${tone(step, scale) * 100}%`; });
}

// What the shown shares leave out, or how much of a row the chosen part of a pair holds. Its place is kept when empty.
function sayParked(line, view) {
  const { picture, parked, lit, part, weights } = view, { hidden, rows, cols } = picture;
  let share = -1, where = '';
  if (part) {
    const from = lit * cols.length;
    share = cols.reduce((sum, _, col) => sum + (view.shows(lit, col) ? weights[from + col] : 0), 0);
    where = '’s attention is in this part';
  } else if (picture.hides && hidden.length) {
    share = parked[lit];
    where = `’s attention is parked on ${joinWords(hidden)}`;
  }
  setText(line.share, share < 0 ? '' : `${percent(share)} of `);
  setText(line.word, share < 0 ? '' : rows[lit].text);
  setText(line.where, where);
}

// One line above the picture: an error, or what is being waited for, or else a note on the text (where it was cut).
// Its place is kept when it is empty.
function createStateLine(parent) {
  const box = make('div', 'state', parent);
  const error = make('p', 'error', box), status = make('p', 'status', box), notes = make('p', 'notes', box);
  error.setAttribute('role', 'alert');
  status.setAttribute('role', 'status');
  return { error, status, notes };
}

function sayState(line, error, status) {
  setText(line.error, error || '');
  setText(line.status, error ? '' : status || '');
}

function sayNotes({ notes }, { picture }) {
  setText(notes, picture.notes.join(' · '));
  notes.title = notes.textContent;
}

// What stands in the picture's place before there is one; its height never changes.
function createSkeleton(parent) {
  const box = make('div', 'skeleton', parent);
  const message = make('p', '', box);
  message.setAttribute('role', 'status');
  for (const name of ['words', 'grid', 'plot']) make('div', name, box);
  return { box, message };
}

function createSpoken(parent) {
  const box = make('div', 'unseen', parent);
  const live = make('p', '', box);
  live.setAttribute('aria-live', 'polite');
  const table = make('table', '', box);
  const caption = make('caption', '', table);
  const head = make('tr', '', make('thead', '', table));
  for (const name of ['looked-at word', 'share']) make('th', '', head, name).setAttribute('scope', 'col');
  return { live, caption, body: make('tbody', '', table) };
}

// The chosen row for screen readers: all of it as a table and, when the visitor chose it, the strongest three aloud.
function speak(spoken, view, aloud) {
  const { picture, weights, row, layer, head } = view;
  const cols = picture.cols.length, [first, last] = allowedKeys(picture, row);
  const share = (col) => weights[row * cols + col];
  const name = `${headName(layer, head)}: ${picture.rows[row].text} looks at`;
  const best = picture.cols.map((_, col) => col).sort((one, other) => share(other) - share(one));
  const said = best.slice(0, 3).map((col) => `${picture.cols[col].text} ${percent(share(col))}`);
  if (aloud) setText(spoken.live, `${name} ${said.join(', ')}.`);
  setText(spoken.caption, name);
  keepChildren(spoken.body, cols, makeSpokenRow);
  picture.cols.forEach((label, col) => {
    const [word, number] = spoken.body.children[col].children;
    setText(word, label.text);
    setText(number, col < first || col > last ? 'hidden by the mask' : percent(share(col)));
  });
}

function makeSpokenRow() {
  const line = document.createElement('tr');
  make('th', '', line).setAttribute('scope', 'row');
  make('td', '', line);
  return line;
}
