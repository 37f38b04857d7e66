import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Answers of one connection that are not out yet, each with what is to be called when it is. */
interface Connection {
  readonly open: Map<ServerResponse, () => void>;
  readonly onClose: (this: ServerResponse) => void;
}

/**
 * Tells when requests are over, once for each. An answer says so itself, unless its connection is closed while it waits
 * behind an earlier one of the same connection: then neither it nor its request says anything.
 */
export class UnansweredRequests {
  private readonly connections = new WeakMap<Socket, Connection>();

  /** @param leave called when the answer is out, or can never be */
  follow({ socket }: IncomingMessage, response: ServerResponse, leave: () => void): void {
    const connection = this.connections.get(socket) ?? this.begin(socket);
    connection.open.set(response, leave);
    response.on('close', connection.onClose);
  }

  private begin(socket: Socket): Connection {
    const open = new Map<ServerResponse, () => void>();
    const connection: Connection = {
      open,
      onClose() {
        const leave = open.get(this);
        open.delete(this);
        leave?.();
      },
    };
    socket.once('close', () => {
      for (const leave of open.values()) leave();
      open.clear();
    });
    this.connections.set(socket, connection);
    return connection;
  }
}
