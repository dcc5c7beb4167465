/** Which codec a request is read and answered with. */

import { awsJsonCodecs } from "./aws-json";
import { awsQueryCodec } from "./aws-query";
import type { Codec } from "./codec";
import { type HttpRequest, header } from "./http";
import type { Protocol, ServiceModel } from "./model";
import { restJsonCodec } from "./rest-json";
import { restXmlCodec } from "./rest-xml";
import { rpcCborCodec } from "./rpc-cbor";

const CODECS: Readonly<Partial<Record<Protocol, Codec>>> = {
  ...awsJsonCodecs,
  awsQuery: awsQueryCodec,
  restJson1: restJsonCodec,
  restXml: restXmlCodec,
  rpcv2Cbor: rpcCborCodec,
};

/** The protocol that the request speaks, of those that the service does. */
export function codecFor({ protocols, service }: ServiceModel, request: HttpRequest): Codec {
  const spoken = protocols.find((protocol) => isSpoken(protocol, request)) ?? protocols[0];
  const codec = spoken === undefined ? undefined : CODECS[spoken];
  if (codec === undefined) throw new Error(`there is no codec for ${service}: ${protocols.join(", ")}`);
  return codec;
}

function isSpoken(protocol: Protocol, request: HttpRequest): boolean {
  if (protocol === "rpcv2Cbor") return header(request, "smithy-protocol") === "rpc-v2-cbor";
  return protocol.startsWith("awsJson") && header(request, "X-Amz-Target") !== undefined;
}
