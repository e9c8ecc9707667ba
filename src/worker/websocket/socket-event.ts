import type { WebSocketClose } from "../../scenario/definition/protocols/websocket.ts";

/** An event of an open WebSocket, for code that shows it. `name`: the name of the socket in reports. */
export type SocketEvent =
  | {
      readonly kind: "sent" | "received";
      readonly name: string;
      readonly payload: Uint8Array;
      readonly isBinary: boolean;
    }
  | { readonly kind: "closed"; readonly name: string; readonly close: WebSocketClose };
