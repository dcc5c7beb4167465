/**
 * TLS connections of a function: all of them go through the embedded AWS's proxy, which refuses the hosts that it does
 * not emulate, except those to this machine. On AWS, a function needs no setting to reach AWS; here, no client of the SDK,
 * no agent and no fetch needs one either. Runs inside a function's process.
 */
"use strict";

const { syncBuiltinESMExports } = require("node:module");
const { Duplex } = require("node:stream");
const tls = require("node:tls");

const LOOPBACK = /^(?:localhost|.+\.localhost|127(?:\.\d{1,3}){3}|\[?::1\]?)$/;

/** Makes `tls.connect`, which everything that speaks TLS calls, go through the proxy. */
function useProxy({ proxyUrl, certificate }) {
  const connect = tls.connect;
  tls.connect = (...values) => {
    const options = optionsOf(values);
    if (isDirect(options)) return connect(...values);
    const tunnel = new Tunnel(new URL(proxyUrl), `${options.host}:${options.port}`);
    const { ca = certificate } = options;
    const secure = connect(
      { ...options, ca, socket: tunnel },
      values.find((value) => typeof value === "function"),
    );
    return withReferences(secure, tunnel);
  };
  syncBuiltinESMExports();
}

/** Of `connect(options)`, `connect(port, host, options)` and `connect(path, options)`. */
function optionsOf([first, ...others]) {
  if (typeof first === "object") return first;
  const options = others.find((value) => typeof value === "object") ?? {};
  const host = typeof others[0] === "string" ? others[0] : options.host;
  return Number.isNaN(Number(first)) ? { ...options, path: first } : { ...options, port: first, host };
}

/** Whether the connection stays on this machine, or is one already. */
function isDirect({ socket, path, host = "localhost" }) {
  return socket !== undefined || (path !== undefined && path !== null) || LOOPBACK.test(host);
}

/** A connection that is not in use does not keep the process from ending a request: only its own socket knows how. */
function withReferences(secure, tunnel) {
  for (const name of ["ref", "unref"]) {
    const method = secure[name];
    secure[name] = () => {
      tunnel[name]();
      return method.call(secure);
    };
  }
  return secure;
}

/** The bytes of a connection through the proxy; what is written before it is open waits. */
class Tunnel extends Duplex {
  constructor({ hostname, port, username, password }, authority) {
    super();
    this.isReferenced = true;
    this.waiting = [];
    const credentials = Buffer.from(`${username}:${password}`).toString("base64");
    const { request } = require("node:http");
    this.request = request({
      ...{ host: hostname, port, method: "CONNECT", path: authority, agent: false },
      headers: { Host: authority, "Proxy-Authorization": `Basic ${credentials}` },
    });
    this.request.on("socket", () => this.setReference()).on("error", (error) => this.destroy(error));
    this.request.on("connect", ({ statusCode }, socket, head) => {
      if (statusCode === 200) this.open(socket, head);
      else this.refuse(socket, head);
    });
    this.request.end();
  }

  open(socket, head) {
    this.socket = socket;
    this.setReference();
    if (head.length > 0) this.push(head);
    socket.on("data", (bytes) => this.push(bytes) || socket.pause());
    socket.on("end", () => this.push(null)).on("error", (error) => this.destroy(error));
    socket.on("close", () => this.destroy());
    for (const resume of this.waiting.splice(0)) resume();
  }

  /** The proxy's text says why. */
  refuse(socket, head) {
    const parts = [head];
    socket.on("data", (bytes) => parts.push(bytes)).on("error", (error) => this.destroy(error));
    socket.on("end", () => this.destroy(new Error(Buffer.concat(parts).toString("utf8").trim())));
  }

  ref() {
    this.isReferenced = true;
    this.setReference();
  }

  unref() {
    this.isReferenced = false;
    this.setReference();
  }

  setReference() {
    const socket = this.socket ?? this.request.socket;
    if (this.isReferenced) socket?.ref();
    else socket?.unref();
  }

  _read() {
    this.socket?.resume();
  }

  _write(bytes, _encoding, written) {
    if (this.socket === undefined) this.waiting.push(() => this.socket.write(bytes, written));
    else this.socket.write(bytes, written);
  }

  _final(ended) {
    if (this.socket === undefined) this.waiting.push(() => this.socket.end(ended));
    else this.socket.end(ended);
  }

  _destroy(error, destroyed) {
    this.request.destroy();
    this.socket?.destroy();
    destroyed(error);
  }
}

module.exports = { useProxy };
