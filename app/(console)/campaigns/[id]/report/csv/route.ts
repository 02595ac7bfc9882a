import { database } from '@/db/open';
import { reportOf } from '@/db/reports';
import { requireUser } from '@/lib/auth';
import { liftOf } from '@/lib/campaign/lift';
import { goalOf } from '@/lib/campaign/report-request';
import { errorResponse } from '@/lib/respond';
import { csv, csvLine } from '@/lib/stream';

/** The report's figures, one a line. */
export async function GET(request: Request, { params }: { params: Promise<{ id: string }> }): Promise<Response> {
  const user = await requireUser();
  const { id } = await params;
  try {
    const goal = goalOf(new URL(request.url).searchParams);
    const { quality, conversions } = await reportOf(database(), user.workspaceId, id, goal, new Date());
    const lines: [string, string | number | null][] = [
      ['members with one identifier', quality.one],
      ['members with two identifiers', quality.two],
      ['members with three or more identifiers', quality.more],
      ['rows to be added, received by Facebook', quality.received],
      ['of them, rows Facebook could not read', quality.invalid],
      ['size at Facebook, at least', quality.sizeLower],
      ['size at Facebook, at most', quality.sizeUpper],
    ];
    if (goal && conversions) {
      const { target, control, compared } = conversions;
      const { difference, relative } = liftOf(target, control);
      lines.push(
        ['goal', goal.event],
        ['days', goal.days],
        ['compared: came in from', compared?.from.toISOString() ?? null],
        ['compared: until', compared?.until?.toISOString() ?? null],
        ['control group, %', compared?.controlPercent ?? null],
        ['target: people', target.people],
        ['target: converted', target.converted],
        ['control: people', control.people],
        ['control: converted', control.converted],
        ['difference of shares', difference?.value ?? null],
        ['difference of shares, 95 % from', difference?.low ?? null],
        ['difference of shares, 95 % to', difference?.high ?? null],
        ['lift', relative?.value ?? null],
        ['lift, 95 % from', relative?.low ?? null],
        ['lift, 95 % to', relative?.high ?? null],
      );
    }
    const text = async function* () {
      yield csvLine(['figure', 'value']);
      for (const line of lines) yield csvLine(line);
    };
    return csv(text(), 'report.csv');
  } catch (error) {
    return errorResponse(error);
  }
}
