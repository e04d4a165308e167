// Colours of one kind and theme, read from the style sheet, with a table for all 256 bytes. Must not know tokens.

const SCALES = { soft: 0.7, linear: 1 }; // strength = weight to this power
const CHARACTER_COLOURS = ['before', 'after', 'itself', 'copies', 'aligns'];

// Strength of a weight's colour: by the soft scale small ones stay visible and an even spread stays pale.
function tone(weight, scale) {
  return weight ** SCALES[scale];
}

function readPalette(root, scale) {
  const style = getComputedStyle(root);
  const value = (name) => style.getPropertyValue(name).trim();
  const stops = ['--k0', '--k1', '--k2'].map((name) => readHex(value(name)));
  const steps = Array.from(WEIGHTS, (weight) => mixStops(stops, tone(weight, scale)));
  return {
    family: style.fontFamily,
    page: value('--page'), line: value('--line'), strong: value('--line-2'),
    ink: value('--ink'), second: value('--ink-2'), third: value('--ink-3'),
    kind: value('--k'), wash: value('--k-wash'),
    characters: Object.fromEntries(CHARACTER_COLOURS.map((name) => [name, value(`--t-${name}`)])),
    fills: steps.map((rgb) => `rgb(${rgb.join(',')})`),
    inks: steps.map(inkOn),
    pixels: Uint32Array.from(steps, pixelOf),
    paper: pixelOf(readHex(value('--page'))),
  };
}

function readHex(text) {
  return [1, 3, 5].map((from) => parseInt(text.slice(from, from + 2), 16) || 0);
}

function mixStops([low, middle, high], strength) {
  const [from, to, part] = strength < 0.5 ? [low, middle, strength * 2] : [middle, high, strength * 2 - 1];
  return from.map((value, index) => Math.round(value + (to[index] - value) * part));
}

// Black or white, whichever has the higher contrast (WCAG) on this colour.
function inkOn(rgb) {
  const [red, green, blue] = rgb.map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  const light = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  return (light + 0.05) / 0.059 > 1.05 / (light + 0.05) ? '#15181e' : '#ffffff';
}

// One opaque pixel as the number that an ImageData's buffer holds on this machine.
function pixelOf([red, green, blue]) {
  return new Uint32Array(new Uint8Array([red, green, blue, 255]).buffer)[0];
}

// Whether the page is dark: Gradio (and our exported pages) set the class `dark` on the body or the root element.
function pageIsDark() {
  return document.body.classList.contains('dark') || document.documentElement.classList.contains('dark');
}

// Calls back when the page's theme changes; returns what stops it.
function watchTheme(changed) {
  let dark = pageIsDark();
  const observer = new MutationObserver(() => {
    if (pageIsDark() === dark) return;
    dark = !dark;
    changed();
  });
  for (const node of [document.documentElement, document.body]) {
    observer.observe(node, { attributes: true, attributeFilter: ['class'] });
  }
  return () => observer.disconnect();
}
