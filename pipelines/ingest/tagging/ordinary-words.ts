const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/**
 * Words of everyday English that are also short names of listed companies. As a name they are taken only when written with
 * a capital letter, and at the beginning of a sentence, or among other capitals, only where the words around indicate a company.
 */
export const ordinaryWords = words(`
  ace action affirm air align all allegiant ally alphabet amazon american amp analog angel apple arch archer arrow
  ask aspen at atlas atom avalon avenue axon azure baker ball bank banner barrick bath baxter bay beam best beyond
  bird black blackberry block bloom blue board boot boston box brand bread bridge bright brown brunswick bumble
  burger bush cable camping cardinal care carnival carrier carter cash caterpillar cave celestial centene central
  century charter chase check cheesecake cherry children chime china choice church cinch circle citizens civic clean
  clear clearwater clover coach coastal cognizant coherent coke colgate colony columbia comfort compass conduit
  consolidated constellation container continental copa copper core corning corona cracker crane credit cricket
  crown cue cushman dare dave dawn deere delta dial diamond dick digital discover discovery dish dollar dolphin
  dominion domino dover dow dragon drive dual duke dune duo dynamics eagle east eaton edge edison elastic element
  elf embark emerald emerson enact energy enhance envision equity essential eternal everest evergreen evolution
  exact express fair falcon fast federal ferrari fidelity first five flex flow focus foot ford forest fortune
  forward fossil fox franklin freedom fresh frontier gap garden general genius gentex genuine glacier global globe
  globus gold golden good grab graham grand graphic green grid group guardian guess harley harmony harvest hawk
  heartland helix hercules heritage hershey hilton home honest host hub hunt icon idea ideal imax impact
  independence ingredient insight inspire intel international intuitive invitation iron jack jazz joint joy just key
  kind king kite knight lamb landmark lear legacy lemonade lending leslie liberty life lincoln lion live loan lowe
  lucid luna macy madison magic main manhattan marathon marine mark mars marsh match matrix maxim medicine merit
  meta metro micron middle mind mint mission mobile model modern monday monster moody morning mosaic motion motor
  national nature navigator neighbor news nice nike noble nordic norfolk north northern nova novo nu oak ocean old
  one open opera oracle orange organ origin otter oxford pacific pan paramount park parsons partners patterson
  peabody peak pearl penny perfect phoenix pilgrim pinnacle pioneer planet play pool popular porch portland post
  power premier priceline pride prime primo principal progress progressive prudential public pulse pure quest quick
  range rapid raymond reading real realty red reed regal regency regions relay reliance renaissance rent republic
  resource resources revolution rise rite robert robin rock rocket rogers rollins root ross royal rush ryder sage
  salem sanderson sap science sea seal select service seven shake shell shift shoe sleep smart smith snap snowflake
  sonic sony southern southwest spirit splash sprint sprout square stag standard staples star state stem sterling
  stock strategic stride sun sunrise supreme surge swift symbol sync synergy target team tech tempur tesla thor
  tidewater tile timber time toast toll toro total tower tractor trade trimble trinity trip trust turtle twist two
  under union united unity universal up upstart urban us valley value van vector vertex viking vine virgin visa
  vista vital wave wells west western whirlpool wing wolf work world wynn zoom`);

/** Those of them that, with a capital letter, nearly always mean the company; wherever they stand. */
export const usuallyCompanies = words(`
  amazon apple caterpillar coke ferrari fidelity ford fox harley hershey hilton intel lowe macy moody nike oracle
  priceline prudential sony sprint tesla virgin visa`);

/** Words after a name that indicate a company: what companies do and have. */
export const wordsAfter = words(`
  announces announced accused acquires acquired adds agrees agreed aims allows among analyst analysts approves asks backs
  bans beat beats begins bets board bond bonds boosts bought brings builds business buy buyback buying buys calls can
  cardholders ceo cfo challenges chairman chief claims close closes company considering continues could counts
  customers cut cuts dax debuts delays denies developing did dividend does down downgraded drops earnings earns employees enters eps
  exceeds executive executives expands expected expects explores extends faces faced fails falls fell files fined fires fourth from
  gained gains gets giant gives goes growth guidance had has headed headquarters heads hires hit hits holders hopes
  import in inc increases introduces invests investors is issues its jumps keeps launched launches launching leads
  likely loses losing lost lowers made makes making market may meets merger might misses moves must names needs new
  offers opens option options or out outlook outperforms overtakes owns pay paid partners pays plans plunges post posts prepares
  presents price pricing profit profits promises proposes pulls puts quarter quarterly raises rallies ranks rated rating reaches
  recalls records rejects releases reportedly report reported reports results resumes retail revenue revenues reveals
  rises rival rose said sales saw says seeks seen sees sell selling sells sends settles share shareholders shares should shows
  signs slides soars spends spokesman spokeswoman spending stake starts stock stocks store stores store's struggles sued sues suffers supplier suppliers
  surges surpasses takes talks teams tells tests to told tops trades trading tries turns tumbles unit unveils updates upgraded versus vs
  wants warns was watch who will wins withdraws won workers worth would yield`);

/** Words before a name that indicate a company. */
export const wordsBefore = words(`
  about acquire acquires against alongside amid and are at bought buy buying buys by can ceo could did does for from giant
  has hold how if in inside into is like long love mobile of on or over own owning owns rival says sell sells selling short shorted shorting should
  since sued sues than that the trade trading upgrade upgrades downgrade downgrades versus via vs was watch what when where why
  will with without`);

/** Those of both that often stand beside an everyday word too: no sign of a company beside a name that nobody has looked at. */
export const weakSigns = words(`
  about among and are at board bond bonds business by can close closes could counts cut cuts did does down drops expected fall falls fell for
  forecast four fourth from growth had has hits holders hold how if import in inside into is its items jumps leads like likely long
  love made makes market may might must names needs new of offers on open opens option options or out over own owns place plans
  price prices pricing records retail rising rival sale sales saw see seen should shows sold store stores tests than that the this
  to told tops trade trades up was watch what when where who why will wins with without workers worth would yield`);

/** Words before an everyday word that make it one. */
export const determiners = words(
  `a an any another each every her his its my new no old our some that the their these this those your`,
);

/** What is not part of a company's name as it is spoken: taken off its end, to give the short name. */
export const legalWords = words(`
  inc incorporated corp corporation co company companies ltd limited plc llc lp sa ag nv se asa ab oyj spa kgaa group
  holding holdings adr ads sab bhd pte trust class common stock the`);
