/**
 * Expressions of a headline about a company's own results, and of one that only looks forward to them or
 * means somebody else's. Read against the headlines of StockNet; whoever changes them measures again (report.test.ts).
 */

const metric =
  "(?:earnings|eps|profits?|loss(?:es)?|net income|revenues?|revs?|sales|results|ebitda|income|bookings|quarterly report)";
const quarter =
  "(?:f?q[1-4]|[1-4]q|(?:first|second|third|fourth|1st|2nd|3rd|4th|latest|fiscal|holiday)[- ](?:fiscal[- ])?quarter)(?:['’ ]?(?:fy)?['’ ]?(?:20)?\\d\\d)?";
/** Up to so many words between the parts of an expression. */
const near = (words: number): string => `(?:[^a-z0-9]+[\\w$%.,'’&+-]+){0,${words}}?[^a-z0-9]+`;

/** Any of these, and the headline may be about results. */
export const resultsPatterns: readonly string[] = [
  // reports Q2 EPS, posted a surprising profit, announces full year results
  `\\b(?:reports?|reported|posts?|posted|announces?|announced|releases?|released|delivers?|delivered|records?|books?|booked)${near(4)}(?:${metric}|(?:first|second|third|fourth)[- ]quarter)\\b`,
  // beats estimates, earnings miss views, tops on revenue
  `\\b(?:beats?|miss(?:es|ed)?|tops?|topped|exceeds?|exceeded|surpass(?:es|ed)?|crush(?:es|ed)|smash(?:es|ed)|trails?|lags?|shy of|short of|above|below)${near(4)}(?:estimates?|expectations?|consensus|views?|forecasts?|expected|street)\\b`,
  `\\b(?:beats?|miss(?:es|ed)?|tops?|topped)(?: (?:on|by|in|its|their|analyst|wall|street|the|both|top|bottom|estimize|profit|and|q[1-4]|[1-4]q))*${near(1)}(?:earnings|eps|revenues?|revs?|profit|sales)\\b`,
  `\\b${metric}${near(3)}(?:beats?|miss(?:es|ed)?|tops?|topped|in[- ]line)\\b`,
  // EPS $0.46 vs $0.45 est., earnings of $1.40
  `\\b(?:eps|earnings|revs?|revenues?)(?:[^a-z0-9]+(?:of|at|is|was|were|came in at))?[^a-z0-9]*(?:[$€£]|usd |eur |gbp )?[.\\d]+\\d*[bmc]?\\b[^?]*\\b(?:vs?|est|exp|consensus|expected|expectations?|estimates?|ex-items)\\b`,
  `\\b(?:eps|earnings) (?:of )?[$€£]?[.\\d]+[c¢]?(?![\\w])[^?]*\\b(?:revs?|revenues?|sales)\\b`,
  // Q2 results, third-quarter profit, 1Q net income
  `\\b${quarter}${near(2)}${metric}\\b`,
  `\\b${metric}${near(2)}(?:in|for)${near(1)}${quarter}\\b`,
  `\\bquarterly (?:results|earnings|profits?|loss|report|revenues?|sales)\\b`,
  `\\b(?:full|half)[- ]year (?:results|profits?|earnings|loss)\\b`,
  `\\bresults of operations and financial condition\\b`,
  // profit jumps 26 percent, revenue rises 39%, sales slump
  `\\b(?:profits?|earnings|revenues?|net income|sales)(?: (?:in|for) [\\w-]+(?: quarter)?)? (?:rises?|rose|jumps?|jumped|falls?|fell|drops?|dropped|climbs?|climbed|surges?|surged|slumps?|slumped|slides?|slid|soars?|soared|plunges?|plunged|declines?|declined|grew|grows|doubles?|doubled|up|down) \\d`,
  // raises full-year guidance, lowers its outlook, sees Q2 revenue of $42B
  `\\b(?:raises?|raised|cuts?|lowers?|lowered|lifts?|lifted|ups|boosts?|boosted|hikes?|hiked|reaffirms?|affirms?|maintains?|withdraws?|issues?|issued|trims?|trimmed|narrows?|narrowed|gives?|updates?)${near(3)}(?:guidance|outlook|(?:profit|earnings|sales|revenue|full[- ]year) (?:forecast|view|estimate|target))\\b`,
  `\\b(?:weak|strong|soft|light|poor|lackluster|upbeat|disappointing|in[- ]line|fugly) (?:guidance|outlook)\\b`,
  `\\bsees ${quarter}${near(1)}(?:eps|revs?|revenues?|sales|earnings)\\b`,
  // the call, the release, and what the price did on them
  `\\b(?:earnings|results) (?:call|beat|miss|release|report|transcript|are out|out|are in|alert|disappoint\\w*|impress\\w*|improve\\w*|top\\w*)\\b`,
  `\\b(?:weak|strong|solid|stellar|great|excellent|poor|disappointing|surprising|better|blowout|mixed|surprise|upbeat|record|bad|good)(?:[ -]than[ -]expected)? (?:quarterly )?(?:earnings|results|profits?|quarter)\\b`,
  `\\b(?:after|following|on|post)[ -](?:its |their |the )?(?:q[1-4] )?(?:earnings|results)\\b`,
  `\\b(?:reported|reports) (?:its |their )?(?:earnings|results)\\b`,
];

/** Any of these, and it is not: what is still to come, other people's earnings, other kinds of results. */
export const otherReportPatterns: readonly string[] = [
  `\\bearnings?[ -](?:season|calendar|whispers?|preview|dates?|watch|schedule|plays?|trades?|week|tomorrow|today|tonight|on deck|estimates? (?:for|in)|growth|yield|season's|expectations|insights?|info|news on)\\b`,
  `\\b(?:ahead of|before|into|going into|heading into|prior to|awaits?|awaiting|waiting|expects? \\w+ to|preview|previews|upcoming|looking for|i expect|we expect|hoping|what to expect|expected to (?:report|post|announce)|set to (?:report|post|announce)|due to report|scheduled|to report|will (?:report|post|announce|beat|miss|[\\w() ]{1,40} (?:beat|miss|disappoint|surprise))|could|can \\w+ beat|watch for|holding|hold through|through earnings|since (?:the )?(?:last )?earnings|day after the last)\\b`,
  `\\b(?:next|this|busy|coming|last) week\\b|\\bweek ahead\\b|\\b(?:tomorrow|tmrw|monday|next month)\\b`,
  `\\b(?:companies|stocks|banks?|suppliers?|retailers?|tech|media|sector|others?|big \\w+|bank) (?:\\w+ )?(?:reporting|earnings|results)\\b|\\breporting earnings\\b|\\bearnings (?:today|from|this|next|lineup|reports? (?:today|from|this|next|due))\\b`,
  `\\b(?:phase|trial|study|clinical|patients?|scan|poll|search|test|election|survey|asco|interim|voting|vote)\\b`,
  `\\b(?:portfolio|13f|13d|profit chart|webinar|newsletter|dividend (?:of|declar\\w*)|declares)\\b`,
  `\\b(?:price target|initiat\\w+|downgrad\\w+|upgrad\\w+)\\b`,
  `\\b(?:might|may|should|on earnings day|retail sales|car sales|auto sales|shipments|first[- ]weekend)\\b|^(?:rt @\\w+:? )?will\\b`,
  `\\b(?:minutes|hours?|days?) (?:away|left|until)\\b|\\bhandicapping\\b|\\b(?:years?|months?) ago\\b|\\bannounces (?:webcast|conference)\\b|\\bresults conference call\\b|\\bfor the week of\\b|\\bwhen [\\w-]+ reports\\b|\\breports? earnings (?:on )?(?:monday|tuesday|wednesday|thursday|friday|today|tonight)\\b`,
  // Two names and a colon: the headline of the first, fed to the second.
  `^\\$[a-z.]+ \\$[a-z.]+:`,
  `\\b(?:all[- ]time (?:best|record)|market snapshot|stocks to watch|movers|buy the|your estimate)\\b`,
];
