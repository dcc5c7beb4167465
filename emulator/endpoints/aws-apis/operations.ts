/** What is emulated of AWS's APIs. */
import { services } from "../../services";
import { apiGatewayOperations } from "./apigateway-api";

const inRooms = [...services].map(([name, { operations }]) => [name, Object.keys(operations)] as const);

/** Names of operations by service, as AWS's documentation has them. */
export const apiOperations: Readonly<Record<string, readonly string[]>> = {
  apigateway: apiGatewayOperations,
  ...Object.fromEntries(inRooms),
};
