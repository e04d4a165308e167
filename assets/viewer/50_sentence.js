// The sentence as chips: the chosen word boxed, the others tinted by how much it looks at them, percents beneath.
// In cross-attention two sentences: the one looked at above, the one that looks below. Must not know Gradio.

function createSentence(parent, actions) {
  const box = make('div', 'sentence', parent);
  const sentence = { box, seen: createStrip(box, 'seen'), looking: createStrip(box, 'looking'), pair: null };
  sentence.word = make('b', '', sentence.seen.lead);
  make('span', '', sentence.seen.lead, ' looks at');
  sentence.hide = createHideButton(sentence.seen.line, actions);
  setText(sentence.looking.lead, 'written');
  listenToChips(sentence.seen, actions, () => !sentence.pair);
  listenToChips(sentence.looking, actions, () => true);
  return sentence;
}

function createStrip(parent, name) {
  const box = make('div', `strip ${name}`, parent), line = make('div', 'leadline', box);
  const lead = make('span', 'lead', line), chips = make('div', 'chips', box);
  return { box, line, lead, chips, nodes: [], weights: [], boxed: -1 };
}

// "hide animal and let the model guess", for the chosen word; its place is kept where no word can be hidden.
function createHideButton(parent, actions) {
  const button = makeButton('quietly', parent), hide = { button };
  hide.before = make('span', '', button);
  hide.word = make('b', '', button);
  hide.after = make('span', 'after', button);
  setAttributes(button, { 'aria-keyshortcuts': 'h' });
  button.addEventListener('click', () => actions.hide());
  return hide;
}

function showHideButton(hide, view) {
  const { picture, row } = view, label = picture.rows[row], can = canHide(picture, label);
  hide.button.style.visibility = can ? '' : 'hidden';
  if (!can) return;
  setText(hide.before, label.masked ? 'show ' : 'hide ');
  setText(hide.word, picture.words[label.word]);
  setText(hide.after, label.masked ? ' again' : view.narrow ? ' and guess' : ' and let the model guess');
}

function showSentence(sentence, view) {
  const { rows, cols, pair, split } = view.picture;
  sentence.pair = pair;
  sentence.looking.box.hidden = !pair;
  fillStrip(sentence.seen, cols, !pair, split);
  if (pair) fillStrip(sentence.looking, rows, true, -1);
  sentence.palette = view.palette;
}

// Chips are kept and changed in place; only what a visitor can choose is a button.
function fillStrip(strip, labels, choosable, split) {
  strip.box.classList.toggle('is-long', labels.length > 40);
  strip.box.classList.toggle('is-endless', labels.length > 96);
  if (strip.choosable !== choosable) strip.chips.replaceChildren();
  strip.choosable = choosable;
  keepChildren(strip.chips, labels.length, () => makeChip(choosable));
  strip.nodes = Array.from(strip.chips.children);
  strip.weights = [];
  strip.boxed = -1;
  const goesOn = (index) => index + 1 < labels.length && labels[index + 1].joined;
  labels.forEach((label, index) => fillChip(strip.nodes[index], label, goesOn(index), index === split));
}

function makeChip(choosable) {
  const chip = document.createElement(choosable ? 'button' : 'span');
  if (choosable) setAttributes(chip, { type: 'button', tabindex: -1, 'aria-pressed': false });
  make('span', 'text', chip);
  make('span', 'share', chip);
  return chip;
}

function fillChip(chip, label, goesOn, second) {
  const text = chip.firstChild;
  setText(text, label.text);
  text.dataset.text = label.text; // the style sheet keeps room for the bold form of it
  const marks = { special: label.special, masked: label.masked, joined: label.joined, 'goes-on': goesOn, second };
  const name = ['chip', ...Object.keys(marks).filter((mark) => marks[mark])].join(' ');
  if (chip.className !== name) chip.className = name;
  const title = label.text.length > 20 ? label.text : '';
  if (chip.title !== title) chip.title = title;
  text.style.backgroundColor = text.style.color = '';
  setText(chip.lastChild, '');
}

// Tints and boxes for the lit row; touches only the chips that change.
function lightSentence(sentence, view) {
  const { picture, palette, weights, bytes, lit, row, locked } = view;
  const { seen, looking, pair } = sentence;
  const from = lit * picture.cols.length, [first, last] = allowedKeys(picture, lit);
  if (sentence.palette !== palette) seen.weights = [];
  sentence.palette = palette;
  setText(sentence.word, picture.rows[lit].text);
  seen.nodes.forEach((chip, col) => {
    const shut = col < first || col > last;
    const weight = shut ? -1 : view.shows(lit, col) ? weights[from + col] : 0;
    if (seen.weights[col] === weight) return;
    seen.weights[col] = weight;
    tintChip(chip, weight, bytes[from + col], palette);
  });
  boxChip(pair ? looking : seen, lit, row, locked);
  showHideButton(sentence.hide, view);
}

function tintChip(chip, weight, byte, palette) {
  const tinted = weight >= 0.02;
  chip.firstChild.style.backgroundColor = tinted ? palette.fills[byte] : '';
  chip.firstChild.style.color = tinted ? palette.inks[byte] : '';
  chip.classList.toggle('shut', weight < 0);
  chip.classList.toggle('hot', weight > 0.05);
  setText(chip.lastChild, tinted ? percent(weight) : '');
}

// The lit chip is boxed; the one tab stop is the chosen chip; pressed says that it is locked.
function boxChip(strip, lit, row, locked) {
  const { nodes } = strip;
  if (strip.boxed !== lit) {
    if (nodes[strip.boxed]) nodes[strip.boxed].classList.remove('boxed');
    nodes[lit].classList.add('boxed');
    strip.boxed = lit;
  }
  if (strip.stop !== nodes[row] || strip.locked !== locked) {
    if (strip.stop) setAttributes(strip.stop, { tabindex: -1, 'aria-pressed': false });
    setAttributes(nodes[row], { tabindex: 0, 'aria-pressed': locked });
    strip.stop = nodes[row];
    strip.locked = locked;
  }
}

// The row of the chip in which this node is, or -1.
function rowOfChip({ seen, looking, pair }, node) {
  return (pair ? looking : seen).nodes.indexOf(node.closest('.chip'));
}

function listenToChips(strip, actions, looks) {
  const rowOf = (event) => {
    const chip = event.target.closest('.chip');
    return chip && looks() ? strip.nodes.indexOf(chip) : -1;
  };
  strip.chips.addEventListener('pointerover', (event) => {
    if (event.pointerType !== 'touch') actions.preview(rowOf(event));
  });
  strip.chips.addEventListener('pointerleave', () => actions.preview(-1));
  strip.chips.addEventListener('focusin', (event) => {
    if (event.target.matches(':focus-visible')) actions.preview(rowOf(event));
  });
  strip.chips.addEventListener('focusout', () => actions.preview(-1));
  strip.chips.addEventListener('click', (event) => {
    const row = rowOf(event);
    if (row >= 0) actions.lock(row);
  });
  strip.chips.addEventListener('keydown', (event) => moveFocus(strip, event));
}

function moveFocus(strip, event) {
  const at = strip.nodes.indexOf(event.target.closest('.chip')), last = strip.nodes.length - 1;
  const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: last }[event.key];
  if (at < 0 || to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  strip.nodes[clamp(to, 0, last)].focus();
}

// Brings a chip into sight inside a long strip, whole lines at a time; the page itself never moves.
function revealChip(sentence, row) {
  const { chips, nodes } = sentence.pair ? sentence.looking : sentence.seen;
  if (chips.scrollHeight <= chips.clientHeight) return;
  chips.scrollTop = revealed(chips.scrollTop, chips.clientHeight, nodes[row].offsetTop, nodes[row].offsetHeight);
}
