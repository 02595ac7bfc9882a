/** Builds the app as `npm start` would, so that a container's first start need not. */
import { root } from './local-settings';
import { ensureBuild } from './production-build';

await ensureBuild(root, (message) => process.stdout.write(`${message}\n`));
