/** JSON in one line for readers of lines: those of Node.js 24 also end a line at the separators of Unicode. */
const SEPARATORS = /[\u2028\u2029]/g;

const jsonLine = (value) =>
  `${JSON.stringify(value).replace(SEPARATORS, (one) => `\\u${one.charCodeAt(0).toString(16)}`)}\n`;

module.exports = { jsonLine };
