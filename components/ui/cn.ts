import { type ClassValue, clsx } from 'clsx';
import { twMerge } from 'tailwind-merge';

/** Class names, the later winning over the earlier where they disagree. */
export const cn = (...inputs: ClassValue[]): string => twMerge(clsx(inputs));
