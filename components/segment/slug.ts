/** Pages of the list of segments that stand where a segment's would. */
const taken = ['new', 'lists', 'overlap'];

/** "Cart abandoners, 7 days" → "cart-abandoners-7-days"; letters of other scripts have no place in a key. */
export function slugOf(name: string): string {
  const plain = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-');
  const slug = plain
    .replace(/^-+|-+$/g, '')
    .slice(0, 80)
    .replace(/-+$/, '');
  return slug === '' || taken.includes(slug) ? `${slug}-segment`.replace(/^-/, '') : slug;
}
