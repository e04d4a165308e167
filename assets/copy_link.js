// Makes a link to exactly this view: the address bar shows it, and the clipboard has it where the browser allows that.
// Layers, heads and words count from 1 in links. Knows the viewer only by what its root says of itself.
(tab, text, second, model) => {
  const shown = document.querySelector(`#${tab}-viewer .viewer`).dataset;
  const query = new URLSearchParams({ tab, model, text });
  if (second) query.set('second', second);
  for (const name of ['kind', 'layer', 'head', 'word', 'view']) if (shown[name]) query.set(name, shown[name]);
  const link = `${location.origin}${location.pathname}?${query}`;
  history.replaceState(null, '', link);
  const button = document.querySelector(`#${tab}-link`);
  const say = (words) => {
    button.textContent = words;
    setTimeout(() => { button.textContent = 'Copy link'; }, 2500);
  };
  if (!navigator.clipboard) return say('Link is in the address bar');
  navigator.clipboard.writeText(link).then(() => say('Link copied'), () => say('Link is in the address bar'));
}
