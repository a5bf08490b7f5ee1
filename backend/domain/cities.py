"""Cities where openings are many, for the country of a bare "Munich". Data only; see `places`.

Babel's time zones already name some 400 cities (mostly capitals); this adds hubs they lack, the states of
American and Canadian ones, and short forms. `City=alias=alias`, separated by commas.
"""

from __future__ import annotations

US_STATES = {
    "AL": "Alabama", "AK": "Alaska", "AZ": "Arizona", "AR": "Arkansas", "CA": "California", "CO": "Colorado",
    "CT": "Connecticut", "DE": "Delaware", "DC": "District of Columbia", "FL": "Florida", "GA": "Georgia",
    "HI": "Hawaii", "ID": "Idaho", "IL": "Illinois", "IN": "Indiana", "IA": "Iowa", "KS": "Kansas",
    "KY": "Kentucky", "LA": "Louisiana", "ME": "Maine", "MD": "Maryland", "MA": "Massachusetts",
    "MI": "Michigan", "MN": "Minnesota", "MS": "Mississippi", "MO": "Missouri", "MT": "Montana",
    "NE": "Nebraska", "NV": "Nevada", "NH": "New Hampshire", "NJ": "New Jersey", "NM": "New Mexico",
    "NY": "New York", "NC": "North Carolina", "ND": "North Dakota", "OH": "Ohio", "OK": "Oklahoma",
    "OR": "Oregon", "PA": "Pennsylvania", "RI": "Rhode Island", "SC": "South Carolina",
    "SD": "South Dakota", "TN": "Tennessee", "TX": "Texas", "UT": "Utah", "VT": "Vermont",
    "VA": "Virginia", "WA": "Washington", "WV": "West Virginia", "WI": "Wisconsin", "WY": "Wyoming",
}  # fmt: skip

CA_PROVINCES = {
    "AB": "Alberta", "BC": "British Columbia", "MB": "Manitoba", "NB": "New Brunswick",
    "NL": "Newfoundland and Labrador", "NS": "Nova Scotia", "ON": "Ontario", "PE": "Prince Edward Island",
    "QC": "Quebec", "SK": "Saskatchewan",
}  # fmt: skip

# Regions that stand where a country is due ("London, England", "Sydney, NSW").
REGIONS = {
    "GB": "England, Scotland, Wales, Northern Ireland",
    "AU": "New South Wales=NSW, Victoria=VIC, Queensland=QLD, South Australia, Western Australia, "
    "Australian Capital Territory",
    "IN": "Karnataka, Maharashtra, Telangana, Tamil Nadu, Haryana, Uttar Pradesh, West Bengal, Gujarat, "
    "Kerala",
    "DE": "Bavaria=Bayern, Hesse=Hessen, Saxony=Sachsen, North Rhine-Westphalia=NRW=Nordrhein-Westfalen, "
    "Baden-Württemberg, Lower Saxony=Niedersachsen, Brandenburg",
    "CA": "Québec",
}

US_CITIES = {
    "AL": "Huntsville",
    "AZ": "Phoenix, Tempe, Tucson, Scottsdale, Chandler, Mesa",
    "CA": "San Francisco=SF=SFO=San Fransisco, South San Francisco, Los Angeles=LA, San Jose, San Diego, "
    "Palo Alto, Mountain View, Menlo Park, Sunnyvale, Santa Clara, Oakland, Berkeley, Irvine, San Mateo, "
    "Redwood City, Foster City, Costa Mesa, Long Beach, Santa Monica, Sacramento, Cupertino, Hawthorne, "
    "El Segundo, Culver City, Emeryville, Pleasanton, Burlingame, San Carlos, Torrance, Carlsbad, Milpitas",
    "CO": "Denver, Boulder, Colorado Springs",
    "CT": "Stamford",
    "DC": "Washington=Washington DC=Washington D.C.",
    "FL": "Miami, Tampa, Orlando, Jacksonville, Fort Lauderdale, Boca Raton",
    "GA": "Atlanta=ATL, Alpharetta",
    "HI": "Honolulu",
    "IL": "Chicago=CHI",
    "IN": "Indianapolis",
    "KY": "Louisville",
    "MA": "Boston=BOS, Somerville, Waltham",
    "MD": "Baltimore, Bethesda",
    "MI": "Detroit, Ann Arbor",
    "MN": "Minneapolis",
    "MO": "St. Louis=Saint Louis, Kansas City",
    "NC": "Raleigh, Charlotte, Durham",
    "NE": "Omaha",
    "NJ": "Jersey City, Hoboken",
    "NM": "Albuquerque",
    "NV": "Las Vegas, Reno",
    "NY": "New York=New York City=NYC=NY=Manhattan, Brooklyn",
    "OH": "Columbus, Cincinnati, Cleveland",
    "OR": "Portland",
    "PA": "Philadelphia, Pittsburgh",
    "TN": "Nashville, Memphis",
    "TX": "Austin, Dallas, Houston, San Antonio, Plano, Fort Worth",
    "UT": "Salt Lake City, Lehi, Provo",
    "VA": "Arlington, Reston, McLean, Chantilly",
    "WA": "Seattle=SEA, Bellevue, Redmond, Kirkland",
    "WI": "Milwaukee, Madison",
}

CA_CITIES = {
    "AB": "Calgary, Edmonton",
    "BC": "Vancouver, Victoria, Burnaby",
    "MB": "Winnipeg",
    "NS": "Halifax",
    "ON": "Toronto, Ottawa, Waterloo, Kitchener, Mississauga, Markham",
    "QC": "Montreal=Montréal, Quebec City",
}

CITIES = {
    "AE": "Abu Dhabi, Dubai",
    "AR": "Buenos Aires",
    "AT": "Vienna=Wien, Graz, Linz, Salzburg, Innsbruck",
    "AU": "Sydney, Melbourne, Brisbane, Perth, Adelaide, Canberra, North Sydney",
    "BD": "Dhaka",
    "BE": "Brussels=Bruxelles=Brussel, Antwerp=Antwerpen, Ghent=Gent, Leuven",
    "BG": "Sofia, Plovdiv, Varna",
    "BR": "São Paulo=Sao Paulo, Rio de Janeiro, Belo Horizonte, Curitiba, Campinas, Florianópolis, "
    "Porto Alegre",
    "CH": "Zurich=Zürich, Geneva=Genève, Basel, Bern, Lausanne, Zug",
    "CL": "Santiago",
    "CN": "Beijing, Shanghai, Shenzhen, Guangzhou, Hangzhou, Chengdu, Suzhou, Nanjing, Wuhan",
    "CO": "Bogotá=Bogota, Medellín=Medellin, Cali",
    "CY": "Limassol, Nicosia",
    "CZ": "Prague=Praha, Brno",
    "DE": "Berlin, Munich=München, Hamburg, Frankfurt=Frankfurt am Main, Cologne=Köln, "
    "Düsseldorf=Dusseldorf, Stuttgart, Leipzig, Dresden, Hannover=Hanover, Nuremberg=Nürnberg, Karlsruhe, "
    "Heidelberg, Bonn, Mannheim, Potsdam, Bremen, Dortmund, Essen, Kiel, Münster, "
    "Aachen, Freiburg, Erfurt, Darmstadt",
    "DK": "Copenhagen=København, Aarhus, Odense",
    "DO": "Santo Domingo",
    "EG": "Cairo",
    "ES": "Madrid, Barcelona, Valencia, Málaga=Malaga, Bilbao, Seville=Sevilla",
    "FI": "Helsinki, Espoo, Tampere",
    "FR": "Paris, Lyon, Bordeaux, Toulouse, Lille, Nantes, Marseille, Strasbourg, Grenoble, Nice, Rennes, "
    "Montpellier, Sophia Antipolis",
    "GB": "London, Manchester, Edinburgh, Glasgow, Bristol, Leeds, Cambridge, Oxford, Birmingham, Belfast, "
    "Liverpool, Cardiff, Brighton, Nottingham, Sheffield",
    "GE": "Tbilisi",
    "GR": "Athens, Thessaloniki",
    "HR": "Zagreb, Split",
    "HU": "Budapest",
    "ID": "Jakarta",
    "IE": "Dublin=DUB, Cork, Galway, Limerick",
    "IL": "Tel Aviv=Tel-Aviv=Tel Aviv-Yafo, Haifa, Jerusalem, Herzliya, Ramat Gan",
    "IN": "Bengaluru=Bangalore, Mumbai, Hyderabad, Pune, Chennai, Delhi=New Delhi, Gurugram=Gurgaon, Noida, "
    "Kolkata, Ahmedabad",
    "IT": "Milan=Milano, Rome=Roma, Turin=Torino, Naples=Napoli, Bologna, Florence=Firenze",
    "JP": "Tokyo, Osaka, Kyoto, Fukuoka",
    "KE": "Nairobi",
    "KR": "Seoul, Busan",
    "LK": "Colombo",
    "LT": "Vilnius, Kaunas",
    "LV": "Riga",
    "MX": "Mexico City=CDMX=Ciudad de México, Guadalajara, Monterrey",
    "MY": "Kuala Lumpur",
    "NG": "Lagos, Abuja",
    "NL": "Amsterdam, Rotterdam, Utrecht, Eindhoven, The Hague=Den Haag, Delft, Groningen",
    "NO": "Oslo, Bergen, Trondheim",
    "NZ": "Auckland, Wellington, Christchurch",
    "PH": "Manila, Cebu, Makati, Taguig",
    "PK": "Karachi, Lahore, Islamabad",
    "PL": "Warsaw=Warszawa, Kraków=Krakow=Cracow, Wrocław=Wroclaw, Gdańsk=Gdansk, Poznań=Poznan, Łódź=Lodz, "
    "Katowice, Szczecin",
    "PT": "Lisbon=Lisboa, Porto, Braga",
    "RO": "Bucharest=București, Cluj-Napoca=Cluj, Iași=Iasi, Timișoara=Timisoara",
    "RS": "Belgrade, Novi Sad",
    "RU": "Moscow=Москва, Saint Petersburg=St. Petersburg=Санкт-Петербург, Novosibirsk=Новосибирск",
    "SA": "Riyadh, Jeddah",
    "SE": "Stockholm, Gothenburg=Göteborg, Malmö=Malmo, Lund, Uppsala",
    "SG": "Singapore",
    "TH": "Bangkok",
    "TR": "Istanbul, Ankara, Izmir",
    "TW": "Taipei=Taipei City, Hsinchu",
    "UA": "Kyiv=Kiev, Lviv",
    "UY": "Montevideo",
    "VN": "Ho Chi Minh City, Hanoi",
    "ZA": "Cape Town, Johannesburg",
}

COUNTRY_ALIASES = {
    "GB": "UK, U.K., Great Britain, Britain",
    "US": "USA, U.S., U.S.A., United States of America, America",
    "AE": "UAE, U.A.E.",
    "BA": "Bosnia",
    "CI": "Ivory Coast",
    "CZ": "Czech Republic",
    "HK": "Hong Kong, Hong Kong SAR",
    "IE": "Republic of Ireland",
    "KR": "Korea, Republic of Korea, Korea Republic of",
    "MM": "Myanmar, Burma",
    "MK": "Macedonia",
    "MO": "Macau, Macao",
    "NL": "Holland",
    "PS": "Palestine",
    "TR": "Turkey",
    "VN": "Viet Nam",
}
