/** Names of the default symbols (see default-symbols.ts), by the usage of 2012 to 2016; format: `readCompanies`. */
export const defaultCompanies = `symbol,name,aliases,not
AAPL,Apple Inc.,Apple Computer|iPhone maker,apple pie|big apple|apple valley|apple juice|apple cider|apple tree|apple picking|fiona apple|apple bloom|bad apple
ABB,ABB Ltd,ABB Group,
ABBV,AbbVie Inc.,,
AEP,American Electric Power Company,AEP,
AGFS,AgroFresh Solutions,AgroFresh,
AMGN,Amgen Inc.,,
AMZN,Amazon.com Inc.,Amazon|AWS|Amazon Web Services,amazon rainforest|amazon river|amazon basin|amazon jungle|amazon forest|the amazon region
BA,The Boeing Company,Boeing,
BABA,Alibaba Group Holding,Alibaba,ali baba
BAC,Bank of America Corporation,BofA|BoA|Bank of America Merrill Lynch|BAML|Merrill Lynch,bofa analyst|bofa merrill analyst|merrill lynch analyst|merrill upgrades|merrill downgrades
BBL,BHP Billiton plc,BHP,
BCH,Banco de Chile,,
BHP,BHP Billiton Limited,BHP,
BP,BP p.l.c.,British Petroleum,bp basis points
BRK-A,Berkshire Hathaway Inc.,Berkshire,berkshire hills|the berkshires
BSAC,Banco Santander-Chile,Santander Chile|Banco Santander Chile,
BUD,Anheuser-Busch InBev SA/NV,AB InBev|Anheuser-Busch|Anheuser|ABInBev|Budweiser maker,
C,Citigroup Inc.,Citi|Citibank|Citicorp,citi field|citi analyst|citigroup analyst|citi analysts|citi upgrades|citi downgrades|citi bike
CAT,Caterpillar Inc.,,
CELG,Celgene Corporation,,
CHL,China Mobile Limited,,
CHTR,Charter Communications Inc.,,charter school|charter schools|charter flight
CMCSA,Comcast Corporation,NBCUniversal|Xfinity,
CODI,Compass Diversified Holdings,Compass Diversified,
CSCO,Cisco Systems Inc.,Cisco,san francisco
CVX,Chevron Corporation,,
D,Dominion Resources Inc.,Dominion Energy,
DHR,Danaher Corporation,,
DIS,The Walt Disney Company,Walt Disney|Disney,
DUK,Duke Energy Corporation,Duke Energy,duke university|duke of
EXC,Exelon Corporation,,
FB,Facebook Inc.,,on facebook|via facebook|facebook page|our facebook|my facebook|follow us on facebook|like us on facebook|facebook group|facebook live chat
GD,General Dynamics Corporation,,
GE,General Electric Company,GE Capital|G.E.,
GMRE,Global Medical REIT Inc.,Global Medical REIT,
GOOG,Google Inc.,Alphabet Inc.|Alphabet|GOOGL,google news|google finance|google it|google search for|alphabet soup|alphabetical|google hangout|on google+
HD,The Home Depot Inc.,Home Depot,
HON,Honeywell International Inc.,Honeywell,
HRG,Harbinger Group Inc.,HRG Group,
HSBC,HSBC Holdings plc,HSBC,hsbc analyst|hsbc pmi|hsbc china pmi|hsbc upgrades|hsbc downgrades|hsbc flash
IEP,Icahn Enterprises L.P.,Icahn Enterprises,
INTC,Intel Corporation,,
JNJ,Johnson & Johnson,J&J|JnJ,
JPM,JPMorgan Chase & Co.,JPMorgan|JP Morgan|J.P. Morgan|JP Morgan Chase|Chase Bank,jpmorgan analyst|jp morgan analyst|jpmorgan analysts|jpmorgan upgrades|jpmorgan downgrades|jpmorgan healthcare conference|jp morgan healthcare conference
KO,The Coca-Cola Company,Coca-Cola|Coke,coca-cola enterprises|coca-cola bottling|coca-cola hellenic|coca-cola femsa|coca-cola 600|coke zero 400|coking coal|pet coke
LMT,Lockheed Martin Corporation,Lockheed Martin|Lockheed,
MA,MasterCard Incorporated,MasterCard,
MCD,McDonald's Corporation,McDonald's|McDonalds|McD's|Mickey D's|Big Mac maker,
MDT,Medtronic plc,Medtronic,
MMM,3M Company,3M,3m trailing|3m libor
MO,Altria Group Inc.,Altria,
MRK,Merck & Co. Inc.,Merck,merck kgaa|merck serono
MSFT,Microsoft Corporation,,
NEE,NextEra Energy Inc.,NextEra,nextera energy partners
NGG,National Grid plc,National Grid,
NVS,Novartis AG,,
ORCL,Oracle Corporation,,oracle of omaha|oracle arena
PCG,PG&E Corporation,PG&E|Pacific Gas and Electric,
PCLN,The Priceline Group Inc.,Priceline|priceline.com|Priceline Group,
PEP,PepsiCo Inc.,Pepsi,pepsi center
PFE,Pfizer Inc.,,
PG,The Procter & Gamble Company,Procter & Gamble|P&G|Procter,
PICO,PICO Holdings Inc.,PICO Holdings,
PM,Philip Morris International Inc.,Philip Morris,
PPL,PPL Corporation,PPL Corp,
PTR,PetroChina Company Limited,PetroChina,
RDS-B,Royal Dutch Shell plc,Royal Dutch Shell|Shell|Royal Dutch,shell company|shell companies|in a nut shell|shell script|shell shocked|shell shock|shell game
REX,REX American Resources Corporation,REX American Resources|REX American,
SLB,Schlumberger Limited,Schlumberger,
SNP,China Petroleum & Chemical Corporation,Sinopec|China Petroleum,
SNY,Sanofi,Sanofi-Aventis|Sanofi SA,
SO,The Southern Company,Southern Company|Southern Co,
SPLP,Steel Partners Holdings L.P.,Steel Partners,
SRE,Sempra Energy,Sempra,
T,AT&T Inc.,AT&T|AT and T,at&t park|at&t stadium|at&t center
TM,Toyota Motor Corporation,Toyota Motor|Toyota,toyota center
TOT,Total S.A.,Total SA,vanguard total|total stock market|total bond market|total return|total returns|total revenue|total revenues|total rev|total sales|total trading|total weekly|total daily|total profit|total profits|total debt|total cost|total value|total volume|grand total|in total
TSM,Taiwan Semiconductor Manufacturing Company,Taiwan Semiconductor|Taiwan Semi|TSMC|Taiwan Semiconductor Mfg,
UL,Unilever plc,,
UN,Unilever N.V.,,
UNH,UnitedHealth Group Inc.,UnitedHealth|United Health|UnitedHealthcare|United Health Group,
UPS,United Parcel Service Inc.,UPS,ups and downs|start ups|ups the|pull ups|push ups|check ups|hook ups
UTX,United Technologies Corporation,United Technologies|Pratt & Whitney|Sikorsky,
V,Visa Inc.,,h-1b visa|h1b visa|student visa|travel visa|work visa|tourist visa|entry visa|visa application|visa applications|visa waiver|visa free|visa lottery|visa rules|visa program|visa ban|visa office|visa fees|visa on arrival|visa requirements|us visa|schengen visa|visa curbs|visa status
VZ,Verizon Communications Inc.,Verizon|Verizon Wireless,verizon center
WFC,Wells Fargo & Company,Wells Fargo,wells fargo center|wells fargo analyst|wells fargo upgrades|wells fargo downgrades|wells fargo championship
WMT,Wal-Mart Stores Inc.,Wal-Mart|Walmart|Sam's Club,wal-mart de mexico
XOM,Exxon Mobil Corporation,Exxon|ExxonMobil|Exxon Mobil,
`;
