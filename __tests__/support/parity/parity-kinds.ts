/** Resource types whose examples the real provider can create on the embedded AWS. */
import { kindExamples, type Resources } from "../kind-examples";

/** Whether everything is compared, which `npm run test:parity` asks for; `npm test` leaves out what takes long. */
export const isFullParity = process.env["PARITY"] === "full";

/** Types that have an example. */
export const parityTypes: readonly string[] = Object.keys(kindExamples);

/** The examples of {@link parityTypes}. */
export const parityExamples: Resources = Object.fromEntries(
  parityTypes.map((type) => [type, kindExamples[type] ?? {}]),
);
