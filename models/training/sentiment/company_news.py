"""Written sentences of company news: the content of reports, orders and notices, in many wordings for each of three classes.

The labelled texts are tweets and headlines; sentences from company releases ("Operating profit rose to EUR 13.1 mn from
EUR 8.7 mn") are of another kind, and a model that never saw one calls most of them neutral. Companies, places and amounts
are made up. The label follows a reader who holds the share: better, worse, or nothing that moves it.
"""

from __future__ import annotations

import random
import re

from data import LABELS, Example
from text import normalise

SOURCE = "company"

_SYLLABLES = ["al", "bor", "cen", "dal", "el", "fin", "gar", "hel", "ix", "jor", "kal", "lem", "mar", "nor", "ol", "pex",
              "quil", "rau", "sam", "tek", "uno", "val", "wex", "yit", "zen", "sto", "tie", "out", "kes", "met"]  # fmt: skip
_FORMS = ["Oyj", "Group", "Corporation", "plc", "AB", "Oy", "ASA", "Inc", "Ltd", "SE", "Holding", "", "", ""]
_LISTS: dict[str, list[str]] = {
    "place": ["Finland", "Sweden", "Estonia", "Russia", "Poland", "Germany", "Norway", "Latvia", "China", "India", "Brazil",
              "the Baltic States", "St. Petersburg", "Helsinki", "Stockholm", "Tampere", "Vilnius", "the UK", "Denmark",
              "North America", "Central Europe", "Texas", "Vietnam", "Scandinavia"],
    "unit": ["machinery", "packaging", "network", "construction", "retail", "software", "forest", "steel", "paper", "elevator",
             "media", "food", "chemicals", "consumer electronics", "logistics", "healthcare", "marine", "energy", "publishing",
             "printing", "property", "banking", "insurance", "mobile", "crane", "sports equipment"],
    "thing": ["crane", "paper machine", "data centre", "power plant", "shopping centre", "base station", "office building",
              "cruise ferry", "production line", "mobile handset", "harbour terminal", "filtration system", "gas engine",
              "elevator", "broadband network", "hospital information system", "tram line", "sawmill", "laboratory"],
    "period": ["the first quarter", "the second quarter of 2008", "the third quarter", "the fourth quarter of 2009", "2007",
               "January-September 2010", "the first half of the year", "the financial year", "April-June 2006", "the nine-month period",
               "the review period", "the full year 2008", "the last quarter of 2010", "H1", "Q3 of 2007"],
    "before": ["in the corresponding period of the previous year", "a year earlier", "in the same period in 2006", "in 2005",
               "in the comparison period", "the year before", "in the corresponding quarter of 2008", "a year ago"],
    "gauge": ["operating profit", "net sales", "net profit", "pre-tax profit", "turnover", "EBIT", "revenue", "profit before taxes",
              "earnings per share", "operating result", "net interest income", "order intake", "profit for the period", "EBITDA",
              "the order backlog", "comparable operating profit", "diluted EPS", "cash flow from operations", "sales volumes",
              "passenger numbers", "circulation revenue", "advertising sales", "gross margin", "service revenue"],
    "person": ["Mr. Lahtinen", "the chief executive", "CFO Anna Berg", "President and CEO Kari Vuori", "the board's chairman"],
    "month": ["January", "March 15", "May", "June 2011", "August", "October 7", "the end of the year", "spring 2009", "autumn"],
    "role": ["chief financial officer", "head of the {unit} division", "member of the board", "country manager for {place}",
             "president of the {unit} business area", "chief technology officer", "senior vice president, {unit}"],
    "rose": ["rose", "increased", "grew", "climbed", "improved", "went up", "advanced", "jumped", "surged"],
    "fell": ["fell", "decreased", "declined", "dropped", "went down", "slid", "weakened", "shrank", "plunged"],
}  # fmt: skip

# {more} and {less}: two amounts of one currency, the first larger. Brackets are options: [a|b|].
_POSITIVE = [
    "{Gauge} {rose} to {more} from {less} {before}[, representing a growth of {pct}|].",
    "[In {period} , |]{company} 's {gauge} {rose} by {pct} to {more}.",
    "{company} said its {gauge} {rose} {pct} [year-on-year|from a year ago|on the year] to {more} in {period}.",
    "{company} 's {gauge} for {period} [totalled|amounted to|was|reached] {more}, [up from|compared with|as against|compared to] {less} {before}.",
    "{company} posted {a_profit} of {more} for {period}, [compared to|against|up from] {less} {before}.",
    "{company} swung to [a net profit|an operating profit|a profit] of {less} from a loss of {more} {before}.",
    "{company} turned to profit in {period}, having made a loss of {less} {before}.",
    "[The operating loss|Its pre-tax loss|The net loss] [narrowed|shrank|was reduced] to {less} from {more} {before}.",
    "Profit before taxes was {more}, clearly [better than|above|ahead of] {less} {before}.",
    "{Gauge} {rose} [in all|in most of the] business areas, and [profitability improved|the market share grew|margins strengthened].",
    "[Exports|Domestic sales|Sales in {place}] {rose} by {pct}[, helped by strong demand|, and the order book is at a record level|].",
    "{company} has [received|won|secured|been awarded|landed] [an order|a contract|a follow-up order|a major order] worth {more} [for|to deliver] {thing}s [to|from] {place}.",
    "{company} has won [a tender|a {years}-year contract] to supply {thing}s to [customers|a leading operator|a state company] in {place}.",
    "{company} will deliver {thing}s to {other}; the order is [valued at|worth] [over |about |]{more}.",
    "The contract strengthens {company} 's [position|foothold|market leadership] in {place}.",
    "{company} [expects|forecasts|estimates] that its [net sales|operating profit|full-year result] will [grow|increase clearly|improve|exceed last year 's level].",
    "{company} [raised|lifted|upgraded] its [full-year guidance|profit forecast|outlook|estimate for sales growth] [after a strong quarter|as demand picked up|].",
    "The board proposes [a higher dividend|a dividend of {small} per share, up from {smaller}|an extra dividend].",
    "{company} will [expand|double] its capacity in {place} [to meet growing demand|because the plant runs at full capacity|].",
    "{company} will [hire|recruit] {count} [more people|new employees|engineers] as [orders grow|its business expands].",
    "The [new system|solution|investment|agreement] will [improve {company} 's efficiency|cut costs by {more} a year|shorten delivery times|enable faster growth].",
    "[Annual savings|Synergies|Cost savings] of {more} are expected [from the programme|to come through already this year|].",
    "[Demand|The market] for {thing}s [has picked up|is recovering|remains strong|has grown faster than expected] in {place}.",
    "{company} 's market share in {place} {rose} to {pct} from {lowpct}.",
    "[Shares|The share] of {company} [rose|gained|climbed|closed up] {pct} [after the report|on the news|in {place}].",
    "[{bank} has raised its|Analysts raised their] target price for {company} to {small} from {smaller} [and recommends buying the share|].",
    "{person} is [pleased with|very satisfied with|confident after] the [strong quarter|improved profitability|good order intake].",
    "Our [margins|sales|cash flow] {rose} despite the difficult market, says {person}.",
    "[The company|{company}] is [well positioned|in a good position] to [grow faster than the market|benefit from the recovery|win market share].",
    "The acquisition will have an immediate positive [impact|effect] on {company} 's [earnings|result|profitability].",
    "[The number of|] [subscribers|customers|passengers] {rose} {pct} to {count} thousand in {period}.",
    "{company} [exceeded|beat] [its own targets|analysts ' expectations|market forecasts] in {period}.",
    "[Higher prices|Better productivity|Lower costs|A favourable product mix] [lifted|boosted|supported] the {unit} division 's result.",
    "{company} completed the refinancing at [a lower|considerably lower] cost, and its [equity ratio|solvency] [improved|strengthened] to {pct}.",
    "With the new {thing}, customers get [faster service|better quality at lower cost|considerable energy savings].",
]
_NEGATIVE = [
    "{Gauge} {fell} to {less} from {more} {before}[, a decline of {pct}|].",
    "[In {period} , |]{company} 's {gauge} {fell} by {pct} to {less}.",
    "{company} said its {gauge} {fell} {pct} [year-on-year|from a year ago|on the year] to {less} in {period}.",
    "{company} 's {gauge} for {period} [totalled|amounted to|was|was only] {less}, [down from|compared with|as against|compared to] {more} {before}.",
    "{company} posted {a_profit} of {less} for {period}, [compared to|against|down from] {more} {before}.",
    "{company} made [a net loss|an operating loss|a pre-tax loss] of {less}, [compared with|against] a profit of {more} {before}.",
    "{company} [swung|slipped|sank] to a loss of {less} in {period} from a profit of {more} {before}.",
    "[The operating loss|Its pre-tax loss|The net loss] [widened|grew|deepened] to {more} from {less} {before}.",
    "{Gauge} {fell} [in all|in most of the] business areas, and [profitability weakened|market share was lost|margins were squeezed].",
    "[Exports|Domestic sales|Sales in {place}] {fell} by {pct}[, hit by weak demand|, and the order book is thin|].",
    "{company} [will lay off|is to cut|plans to reduce] {count} [employees|jobs|people] [at its {place} plant|in {place}|].",
    "{company} has started [personnel negotiations|co-determination talks] on [temporary lay-offs|job cuts|redundancies] [affecting {count} people|].",
    "{company} will [close|shut down|stop production at] its [plant|factory|mill] in {place} [because of falling demand|due to losses|].",
    "{company} [issued a profit warning|cut its guidance|lowered its forecast|lowered its outlook] [for the full year|as orders dried up|].",
    "{company} [expects|forecasts|estimates] that its [net sales|operating profit|full-year result] will [fall|decrease clearly|stay below last year 's level|be negative].",
    "{other} has cancelled [its order|a contract] worth {more} [with|for {thing}s from] {company}.",
    "The board proposes that no dividend be paid, [after a dividend of {small} the year before|because of the weak result].",
    "[Demand|The market] for {thing}s [has weakened|has collapsed|remains weak|has fallen faster than expected] in {place}.",
    "{company} 's market share in {place} {fell} to {lowpct} from {pct}.",
    "[Shares|The share] of {company} [fell|lost|dropped|closed down] {pct} [after the report|on the news|in {place}].",
    "[{bank} has cut its|Analysts lowered their] target price for {company} to {smaller} from {small} [and recommends selling the share|].",
    "{company} [booked|recognised|took] [a write-down|an impairment charge|a one-off cost] of {more} [on its {unit} business|].",
    "[The strike|Bad weather|The recession|The weak dollar|Rising raw material prices] [hurt|weighed on|cost {company} {less} of] [sales|profits|results].",
    "The result was [burdened|weakened|hit] by [higher costs|credit losses|price competition|restructuring costs|delays] [in {period}|].",
    "{person} called the [quarter|result|situation] [disappointing|very difficult|clearly worse than expected].",
    "{company} [missed|fell short of] [its own targets|analysts ' expectations|market forecasts] in {period}.",
    "{company} was [fined {more}|ordered to pay {more} in damages|sued by {other}] [over a cartel|for a breach of contract|].",
    "[The number of|] [subscribers|customers|passengers] {fell} {pct} to {count} thousand in {period}.",
    "The delivery of the {thing} is [delayed|late], and [costs will exceed the budget|the customer demands compensation].",
    "{company} [ran out of cash|filed for bankruptcy|applied for debt restructuring|breached its loan covenants].",
]
_NEUTRAL = [
    "{company} , headquartered in {place} , [makes|develops|designs and sells|provides] {thing}s [and {unit} services|for {unit} companies].",
    "{company} [employs|has] [about |some |]{count} people [in {place}|in {years} countries] and had net sales of {more} in {year}.",
    "[Net sales|Turnover|Annual revenue] of the [unit|subsidiary|business] [was|amounted to|totalled] {more} in {year}.",
    "The [value|price|terms] of the [deal|contract|order|transaction] [was|were] not disclosed.",
    "[Financial details|Further terms] were not [revealed|disclosed|provided].",
    "{company} has appointed {person} as {role} [from {month}|].",
    "{person} will [take up|start in] the position in {month} and report to the CEO.",
    "{company} will publish its [interim report|financial statements|annual report] for {period} on {month}.",
    "The [annual|extraordinary] general meeting of {company} will be held [in {place}|on {month}].",
    "The [board|meeting] [authorised|decided to authorise] the repurchase of at most {count} thousand own shares.",
    "{company} 's holding in {other} is {lowpct} of the shares and {pct} of the voting rights.",
    "After the transaction {company} [holds|owns] {pct} of [{other}|the joint venture].",
    "{company} [agreed to sell|sold|will sell|has divested] its {unit} business [in {place}|] to {other} [for {more}|].",
    "{company} [agreed to buy|will acquire|has acquired|bought] {pct} of {other}[, a {unit} company in {place}|].",
    "The [deal|acquisition|merger] is subject to [approval by the authorities|the shareholders ' approval] [and should close in {month}|].",
    "[Deliveries|Construction|Work|Production] [will start|is to begin|starts] in {month} [and last {years} months|].",
    "The [building|plant|terminal|store] will have [a floor area of {count} square metres|{years} floors|an annual capacity of {count} tonnes].",
    "The shares subscribed for with the options were [entered in the trade register|listed] on {month}.",
    "{company} 's shares [are|have been] listed on the [Helsinki|Stockholm|Tallinn|New York] stock exchange [since {year}|].",
    "{company} and {other} [have signed|signed] [a letter of intent|a cooperation agreement|a licence agreement] on {thing}s.",
    "The project [covers|includes|comprises] [the design and delivery of|maintenance of|training for] {thing}s [in {place}|].",
    "[The parties|{company} and {other}] agreed not to [disclose|comment on] the [price|details].",
    "The [company|group] 's [business areas|segments|brands] [are|include] {unit}, {unit2} and {unit3}.",
    "{company} [is planning|plans|is considering] [a new {thing}|an office|a share issue] in {place}.",
    "{other} [declined to comment|had no comment] on the [report|matter].",
    "The [contract|lease|agreement] [runs until|is valid to|expires in] {year} [with an option for {years} more years|].",
    "{company} [moved|will move] its head office [to {place}|from {place} to {place2}].",
    "[The service|The new product|The website] [is available|will be available] in {place} [from {month}|].",
    "The [offer|subscription] price is {small} per share, and the period ends on {month}.",
    "{company} [transferred|assigned] its {unit} operations to [a subsidiary|{other}], with {years} employees moving along.",
    "{Gauge} [was|amounted to|totalled] {more} in {period}.",
    "[The company|{company}] has [no comment|not decided] on where the {thing}s will be made, {person} said.",
    "{company} will [use|apply|test] {other} 's {thing} technology [in its {unit} business|].",
    "{company} [serves|supplies] customers in the {unit}, {unit2} and {unit3} industries.",
    "{person} was [born|educated] in {place} and has worked for {other} [since {year}|].",
    "{Gauge} [was at the previous year 's level|remained unchanged|was flat] at {more}.",
    "{company} [expects|estimates] its net sales to [remain at last year 's level|stay unchanged].",
]  # fmt: skip

_SHARES = {"negative": 0.25, "neutral": 0.44, "positive": 0.31}


class _Writer:
    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def company(self) -> str:
        name = "".join(self.random.sample(_SYLLABLES, self.random.choice([2, 2, 3]))).capitalize()
        form = self.random.choice(_FORMS)
        return f"{name} {form}".strip()

    def money(self, value: float) -> str:
        number = f"{value:.1f}" if value < 100 or self.random.random() < 0.5 else f"{value:,.0f}"
        style = self.random.choice(["EUR {} mn", "EUR{}m", "{} million euros", "EUR {} million", "USD {} mn", "${} million",
                                    "SEK {} million", "{} mln euro", "GBP {} m", "EUR {} bn", "NOK {} billion"])  # fmt: skip
        self.style = style
        return style.format(number)

    def pair(self) -> tuple[str, str]:
        """The larger amount and the smaller, in one style; apart by at least 3 %."""
        larger = round(10 ** self.random.uniform(0.3, 3), 1)
        smaller = round(larger * self.random.uniform(0.3, 0.97), 1)
        first = self.money(larger)
        return first, self.style.format(f"{smaller:.1f}" if smaller < 100 else f"{smaller:,.0f}")

    def fields(self) -> dict[str, str]:
        choose = self.random.choice
        more, less = self.pair()
        small = self.random.uniform(0.5, 30)
        units = self.random.sample(_LISTS["unit"], 3)
        places = self.random.sample(_LISTS["place"], 2)
        percent = self.random.uniform(4, 60)
        sign = choose([" %", "%", " percent", " per cent", " pct"])
        fields = {name: choose(values) for name, values in _LISTS.items()}
        gauge = fields["gauge"]
        return fields | {
            "company": self.company(), "other": self.company(), "bank": f"{self.company()} Bank", "more": more, "less": less,
            "pct": f"{percent:.1f}{sign}", "lowpct": f"{percent * self.random.uniform(0.4, 0.9):.1f}{sign}",
            "small": f"EUR {small:.2f}", "smaller": f"EUR {small * self.random.uniform(0.5, 0.95):.2f}",
            "count": f"{self.random.randrange(20, 990) * choose([1, 1, 10])}", "years": str(self.random.randrange(2, 13)),
            "year": str(self.random.randrange(1998, 2012)), "unit": units[0], "unit2": units[1], "unit3": units[2],
            "place": places[0], "place2": places[1], "Gauge": gauge[0].upper() + gauge[1:],
            "gauge": gauge.removeprefix("the "), "a_profit": choose(["a net profit", "an operating profit", "a pre-tax profit"]),
        }  # fmt: skip

    def sentence(self, template: str) -> str:
        text = re.sub(r"\[([^\[\]]*)\]", lambda found: self.random.choice(found[1].split("|")), template)
        fields = self.fields()
        for _ in range(2):  # a field may hold fields
            text = re.sub(r"\{(\w+)\}", lambda found: fields[found[1]], text)
        text = re.sub(r"\s+([,.;])", r"\1", re.sub(r"\s+", " ", text)).strip()
        return text[0].upper() + text[1:] if self.random.random() < 0.97 else text


def written_sentences(count: int, seed: int) -> list[Example]:
    """`count` different sentences, about 25 % negative, 44 % neutral, 31 % positive; the same for the same seed."""
    writer = _Writer(seed)
    templates = {"negative": _NEGATIVE, "neutral": _NEUTRAL, "positive": _POSITIVE}
    found: dict[str, Example] = {}
    while len(found) < count:
        label = writer.random.choices(list(_SHARES), list(_SHARES.values()))[0]
        text = writer.sentence(writer.random.choice(templates[label]))
        found.setdefault(text, Example(normalise(text), LABELS.index(label), SOURCE))
    return list(found.values())
