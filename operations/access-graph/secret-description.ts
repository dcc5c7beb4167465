/** How a secret of Secrets Manager says whose credentials it holds. */
export { clientOfSecret } from "../../constructs/contract/contract";
