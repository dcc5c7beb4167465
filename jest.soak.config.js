/** Tests that take minutes: `npm run test:soak`. @type {import("jest").Config} */
module.exports = {
  ...require("./jest.config.js"),
  testMatch: ["<rootDir>/__tests__/soak/**/*-soak.ts"],
  verbose: true,
};
