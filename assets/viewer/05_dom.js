// Small helpers for elements, canvases and numbers. Must not know attention, tokens or Gradio.
'use strict';

function make(tag, className, parent, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  if (parent) parent.appendChild(node);
  return node;
}

function makeButton(className, parent, text) {
  const button = make('button', className, parent, text);
  button.type = 'button';
  return button;
}

// A row of buttons of which one is pressed: {box, buttons by name}. `names`: what each is called on the screen.
function makeSegments(parent, label, names, chosen) {
  const box = make('div', 'segments', parent), buttons = {};
  setAttributes(box, { role: 'group', 'aria-label': label });
  for (const [name, text] of Object.entries(names)) {
    buttons[name] = makeButton('', box, text);
    buttons[name].addEventListener('click', () => chosen(name));
  }
  return { box, buttons };
}

function pressSegment({ buttons }, pressed) {
  for (const [name, button] of Object.entries(buttons)) setAttributes(button, { 'aria-pressed': name === pressed });
}

function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

function setAttributes(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (node.getAttribute(name) !== String(value)) node.setAttribute(name, value);
  }
}

// Gives `parent` exactly `count` children; those that are there already are kept.
function keepChildren(parent, count, makeOne) {
  while (parent.children.length > count) parent.lastElementChild.remove();
  while (parent.children.length < count) parent.appendChild(makeOne(parent.children.length));
}

// A cleared canvas of so many CSS pixels, sharp on this screen.
function fitCanvas(canvas, width, height) {
  const ratio = window.devicePixelRatio || 1;
  const wide = Math.max(1, Math.round(width * ratio)), high = Math.max(1, Math.round(height * ratio));
  if (canvas.width !== wide) canvas.width = wide;
  if (canvas.height !== high) canvas.height = high;
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const context = canvas.getContext('2d');
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}

const fittedTexts = new Map(); // shared by all viewers of a page's component; cleared when it grows

// The text, cut with an ellipsis where it is wider than there is room for, in the context's present font.
function fitText(context, text, room) {
  const key = `${context.font}|${room}|${text}`;
  let fitted = fittedTexts.get(key);
  if (fitted === undefined) {
    fitted = cutText(context, text, room);
    if (fittedTexts.size > 5000) fittedTexts.clear();
    fittedTexts.set(key, fitted);
  }
  return fitted;
}

function cutText(context, text, room) {
  if (context.measureText(text).width <= room) return text;
  const letters = Array.from(text);
  let low = 0, high = letters.length;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (context.measureText(letters.slice(0, middle).join('') + '…').width <= room) low = middle;
    else high = middle - 1;
  }
  return letters.slice(0, low).join('') + '…';
}

function percent(weight) {
  return weight < 0.005 ? '<1\u00a0%' : `${Math.round(weight * 100)}\u00a0%`;
}

function clamp(value, least, most) {
  return Math.min(most, Math.max(least, value));
}
