'use client';

/** The layout itself has failed: no styles can be counted on. */
export default function GlobalError({ reset }: { reset: () => void }) {
  return (
    <html lang="en">
      <body>
        <h1>Beckon could not be shown</h1>
        <p>Something went wrong on our side; nothing was lost.</p>
        <button type="button" onClick={reset}>
          Try again
        </button>
      </body>
    </html>
  );
}
