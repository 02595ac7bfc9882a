import { Badge } from '@/components/ui/badge';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '@/components/ui/table';
import type { Answer } from './facebook-views';
import { RevokeKey } from './revoke-key';
import { dayText } from './zoned-text';

export type KeyView = { id: string; name: string; hint: string; role: string; createdAt: Date };

type Props = { keys: KeyView[]; zone: string; mayRevoke: boolean; revoke: (input: { id: string }) => Promise<Answer<unknown>> };

/** Keys that work, by their last four characters. */
export function KeyTable({ keys, zone, mayRevoke, revoke }: Props) {
  return (
    <Table>
      <TableHeader>
        <TableRow>
          <TableHead>Name</TableHead>
          <TableHead>Ends in</TableHead>
          <TableHead>Role</TableHead>
          <TableHead className="max-sm:hidden">Made</TableHead>
          <TableHead>
            <span className="sr-only">Actions</span>
          </TableHead>
        </TableRow>
      </TableHeader>
      <TableBody>
        {keys.map((key) => (
          <TableRow key={key.id}>
            <TableCell className="font-medium">{key.name}</TableCell>
            <TableCell className="font-mono text-sm">…{key.hint}</TableCell>
            <TableCell>
              <Badge variant="outline">{key.role}</Badge>
            </TableCell>
            <TableCell className="whitespace-nowrap text-muted-foreground max-sm:hidden">{dayText(key.createdAt, zone)}</TableCell>
            <TableCell className="text-right">{mayRevoke && <RevokeKey id={key.id} name={key.name} revoke={revoke} />}</TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
