/**
 * Loaded first into everything that `npm start` runs beside itself. A parent killed with -9 cannot end its children, and one left behind
 * would keep the port and write to the same files: each ends by itself when the channel to its parent closes.
 */
process.once('disconnect', () => process.exit(1));
process.channel?.unref();
