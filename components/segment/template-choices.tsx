'use client';

import type { Definition } from '@/lib/segment/definition';
import { definitionOf, templates } from '@/lib/segment/templates';
import { useBuilderWorld } from './builder-state';

type Props = { onChoose: (template: { name: string; definition: Definition }) => void };

/** To start from, while nothing is said yet. */
export function TemplateChoices({ onChoose }: Props) {
  const { catalogue } = useBuilderWorld();
  return (
    <section aria-label="Templates" className="grid gap-2 border-border border-t pt-4">
      <h3 className="text-muted-foreground text-sm">Or start from one of these, and change it as you like:</h3>
      <ul className="grid gap-2 sm:grid-cols-2">
        {templates.map((template) => (
          <li key={template.key} className="grid">
            <button
              type="button"
              className="grid content-start gap-0.5 rounded-lg border border-border bg-card px-3 py-2.5 text-left outline-none transition-colors hover:border-foreground/25 hover:bg-accent focus-visible:ring-[3px] focus-visible:ring-ring/40"
              onClick={() => onChoose({ name: template.name, definition: definitionOf(template, catalogue) })}
            >
              <span className="font-medium text-sm">{template.name}</span>
              <span className="text-muted-foreground text-xs">{template.line}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
