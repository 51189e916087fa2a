import { ServerCredentials, type Server } from "@grpc/grpc-js";

/** Binds a server to a free port of this machine's own address, and says which. */
export function serve(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
      if (error === null) resolve(port);
      else reject(error);
    });
  });
}
