// What the model would put in the place of each hidden word, as bars that can be tried. Must not know Gradio.

const LISTED = 5; // guesses shown for each hidden word

function createGuesses(parent, actions) {
  const box = make('section', 'guesses', parent);
  box.setAttribute('aria-label', 'Guesses for the hidden words');
  box.hidden = true;
  return { box, actions };
}

// Words of the text itself can be hidden from a model that reads both sides; those of a second sentence cannot.
function canHide(picture, { word }) {
  return picture.family === 'encoder' && word !== null && word < picture.ownWords;
}

// The words that shall be hidden when this one changes from seen to hidden, or back.
function blanksWith(picture, word) {
  const { blanks } = picture;
  if (blanks.includes(word)) return blanks.filter((blank) => blank !== word);
  return [...blanks, word].sort((one, other) => one - other);
}

function showGuesses(guesses, view) {
  const { picture } = view;
  guesses.picture = picture;
  guesses.box.hidden = !picture.guesses.length;
  keepChildren(guesses.box, picture.guesses.length, () => makeGuessBlock(guesses));
  picture.guesses.forEach((found, index) => {
    fillGuessBlock(guesses.box.children[index], picture, { ...found, best: found.best.slice(0, LISTED) });
  });
}

function makeGuessBlock(guesses) {
  const block = document.createElement('div');
  block.className = 'guessed';
  const title = make('p', 'title', block, 'in the place of ');
  make('b', '', title);
  make('span', 'quiet', title);
  make('div', 'bars', block);
  make('p', 'truth', block);
  block.addEventListener('click', (event) => {
    const button = event.target.closest('button');
    if (!button) return;
    const { word, best } = guesses.picture.guesses[Array.from(guesses.box.children).indexOf(block)];
    guesses.actions.put(word, best[Array.from(button.parentNode.children).indexOf(button)][0]);
  });
  return block;
}

function fillGuessBlock(block, picture, { row, word, best, truth }) {
  const [title, bars, fared] = block.children, hidden = picture.words[word];
  setText(title.children[0], hidden);
  setText(title.children[1], pieceOf(picture, row, word));
  keepChildren(bars, best.length, makeGuess);
  best.forEach(([text, share], at) => {
    const guess = bars.children[at], [name, bar, number] = guess.children;
    const right = Boolean(truth) && truth[0] === at + 1;
    setText(name, text);
    bar.firstChild.style.width = `${Math.max(1.5, share * 100)}%`;
    setText(number, percent(share));
    guess.classList.toggle('right', right);
    const tried = `try it: put “${text}” in the place of “${hidden}”`;
    const said = `${text}, ${percent(share)}${right ? ', the true word' : ''}; ${tried}`;
    setAttributes(guess, { title: tried, 'aria-label': said });
  });
  setText(fared, truthOf(truth));
}

function makeGuess() {
  const guess = makeButton('guess');
  make('span', 'name', guess);
  make('span', '', make('span', 'bar', guess));
  make('span', 'share', guess);
  make('span', 'try', guess, 'try it');
  return guess;
}

// Which piece of its word a hidden token is, where the word has several.
function pieceOf(picture, row, word) {
  const rows = picture.whole.rows.flatMap((label, at) => (label.word === word ? [at] : []));
  return rows.length > 1 ? ` · piece ${rows.indexOf(row) + 1} of ${rows.length}` : '';
}

function truthOf(truth) {
  if (!truth) return '';
  const [rank, share] = truth;
  if (rank === 1) return `the true word was its first guess (${percent(share)})`;
  return `the true word was number ${rank.toLocaleString('en')} (${percent(share)})`;
}
