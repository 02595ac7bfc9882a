import { parseArgs } from 'node:util';
import { seed } from './seed';
import { createSandbox } from './server';
import { World } from './store/world';

const { values } = parseArgs({
  options: { port: { type: 'string' }, dir: { type: 'string' } },
});
const port = Number(values.port ?? process.env.SANDBOX_PORT ?? 4400);
const dir = values.dir ?? process.env.SANDBOX_DIR ?? '.data/sandbox';

const world = new World(dir);
if (world.isEmpty) seed(world);
const server = createSandbox(world);

server.on('error', (error: NodeJS.ErrnoException) => {
  process.stderr.write(
    error.code === 'EADDRINUSE' ? `sandbox: port ${port} is taken; choose another with --port\n` : `sandbox: ${error.message}\n`,
  );
  process.exit(1);
});
server.listen(port, '127.0.0.1', () => {
  const address = server.address();
  const actual = typeof address === 'object' && address ? address.port : port;
  process.stdout.write(`sandbox listening on http://127.0.0.1:${actual} (Ads Manager: /ads-manager)\n`);
});

function stop(): void {
  server.close(() => {
    world.close();
    process.exit(0);
  });
  server.closeIdleConnections();
  setTimeout(() => server.closeAllConnections(), 2_000).unref();
}
process.on('SIGTERM', stop);
process.on('SIGINT', stop);
