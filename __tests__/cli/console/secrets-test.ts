/** Masks: the text is not in the page, and is given out for the mask's own handle alone. */
import { MaskedTexts } from "../../../cli/console/secrets";

it("keeps the text out of the page, and gives it out for its handle", () => {
  const masks = new MaskedTexts();
  const { markup } = masks.mask("token", "canary");
  expect(markup).not.toContain("canary");
  expect(masks.textOf(/data-show="([\w-]+)"/.exec(markup)?.[1] ?? "")).toBe("canary");
  expect([masks.textOf(""), masks.textOf("x")]).toEqual([undefined, undefined]);
});

it("forgets the oldest", () => {
  const masks = new MaskedTexts();
  const [first = ""] = Array.from({ length: 201 }, (_, index) => masks.mask("token", `canary ${index}`).markup);
  expect(masks.textOf(/data-show="([\w-]+)"/.exec(first)?.[1] ?? "")).toBeUndefined();
});
