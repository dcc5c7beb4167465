/**
 * RSA keys of user pools in tests. A key takes 0.2 s of CPU, so that each worker makes a few and deals them in turns, to all
 * files that it runs. Pools of one file have keys of their own, up to that number.
 */
const crypto = require("node:crypto");

const KEYS = 8;
const { generateKeyPair } = crypto;
const made = [];
let dealt = 0;

/** As `crypto.generateKeyPair`. */
function dealKeyPair(type, options, callback) {
  if (type !== "rsa" || options.modulusLength !== 2048) return generateKeyPair(type, options, callback);
  const place = dealt++ % KEYS;
  made[place] ??= new Promise((resolve) => generateKeyPair(type, options, (...pair) => resolve(pair)));
  made[place].then((pair) => callback(...pair));
}

/** Lets `crypto` deal the keys in this process. */
exports.dealKeyPairs = () => {
  // What `util.promisify` looks at is a property of the function.
  crypto.generateKeyPair = Object.defineProperties(dealKeyPair, Object.getOwnPropertyDescriptors(generateKeyPair));
};
