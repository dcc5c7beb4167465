/**
 * What somebody takes away from API Gateway. What is deployed goes on answering, but for an API that is gone.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_DeleteRestApi.html
 */
import { apiResource, restApi } from "../../resources/apigateway";
import { stage } from "../../resources/apigateway-deployment";
import { method } from "../../resources/apigateway-method";
import { badRequest } from "../../resources/apigateway-rules";
import { byHand, removeByHand } from "../../resources/by-hand";
import { findMethod } from "./apigateway-method-api";
import { type ApiGatewayOperation, findApi, findResource } from "./apigateway-parts";
import { findStageOf } from "./apigateway-stage-api";
import { RestAnswer } from "./rest-api";

/** `DeleteRestApi`, with all that belongs to it; a custom domain's mapping stands in the way. */
export const deleteRestApi: ApiGatewayOperation = (place, call) =>
  byHand(place, () => {
    removeByHand(restApi, place, findApi(place, call));
    return new RestAnswer(202, "");
  });

/** `DeleteResource`, with its methods and what is below it. */
export const deleteResource: ApiGatewayOperation = (place, call) =>
  byHand(place, () => {
    const resource = findResource(place, call);
    if (resource["path"] === "/") throw badRequest("Root resource cannot be deleted");
    removeByHand(apiResource, place, resource);
    return new RestAnswer(202, "");
  });

/** `DeleteStage`, which answers no more; a custom domain's mapping stands in the way. */
export const deleteStage: ApiGatewayOperation = (place, call) =>
  byHand(place, () => {
    removeByHand(stage, place, findStageOf(place, call));
    return new RestAnswer(202, "");
  });

/** `DeleteMethod`, with its integration. */
export const deleteMethod: ApiGatewayOperation = (place, call) =>
  byHand(place, () => {
    removeByHand(method, place, findMethod(place, call));
    return new RestAnswer(204, "");
  });
