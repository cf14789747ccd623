"""Words for countries that Unicode's list of names does not have: adjectives, capitals, short forms; and what misleads."""

from __future__ import annotations

# English adjectives and words for people, by country. Those of languages spoken elsewhere stand in LANGUAGE_WORDS.
ENGLISH = {
    "AF": "Afghan Afghans Afghani", "AL": "Albanian Albanians", "DZ": "Algerian Algerians", "AO": "Angolan Angolans",
    "AR": "Argentine Argentinian Argentines Argentinians", "AM": "Armenian Armenians", "AU": "Australian Australians",
    "AT": "Austrian Austrians", "AZ": "Azerbaijani Azerbaijanis Azeri", "BS": "Bahamian", "BH": "Bahraini Bahrainis",
    "BD": "Bangladeshi Bangladeshis", "BB": "Barbadian", "BY": "Belarusian Belarusians", "BE": "Belgian Belgians",
    "BZ": "Belizean", "BJ": "Beninese", "BT": "Bhutanese", "BO": "Bolivian Bolivians", "BA": "Bosnian Bosnians",
    "BW": "Botswanan Batswana Motswana", "BR": "Brazilian Brazilians", "BN": "Bruneian", "BG": "Bulgarian Bulgarians",
    "BF": "Burkinabe Burkinabé", "BI": "Burundian Burundians", "KH": "Cambodian Cambodians", "CM": "Cameroonian Cameroonians",
    "CA": "Canadian Canadians", "TD": "Chadian Chadians", "CL": "Chilean Chileans", "CN": "Chinese",
    "CO": "Colombian Colombians", "KM": "Comorian", "CD": "Congolese", "CR": "Costa-Rican", "HR": "Croatian Croatians Croat",
    "CU": "Cuban Cubans", "CY": "Cypriot Cypriots", "CZ": "Czech Czechs", "DK": "Danish Danes", "EC": "Ecuadorian Ecuadorean",
    "EG": "Egyptian Egyptians", "SV": "Salvadoran Salvadorans", "ER": "Eritrean Eritreans", "EE": "Estonian Estonians",
    "SZ": "Swazi", "ET": "Ethiopian Ethiopians", "FJ": "Fijian Fijians", "FI": "Finnish Finns", "GA": "Gabonese",
    "GM": "Gambian Gambians", "GE": "Georgians", "DE": "Germans", "GH": "Ghanaian Ghanaians", "GR": "Greeks",
    "GT": "Guatemalan Guatemalans", "GN": "Guinean Guineans", "GY": "Guyanese", "HT": "Haitian Haitians",
    "HN": "Honduran Hondurans", "HU": "Hungarian Hungarians", "IS": "Icelandic Icelanders", "IN": "Indians",
    "ID": "Indonesian Indonesians", "IR": "Iranian Iranians", "IQ": "Iraqi Iraqis", "IE": "Irish", "IL": "Israeli Israelis",
    "IT": "Italians", "CI": "Ivorian Ivorians", "JM": "Jamaican Jamaicans", "JP": "Japanese", "JO": "Jordanian Jordanians",
    "KZ": "Kazakh Kazakhs Kazakhstani", "KE": "Kenyan Kenyans", "KW": "Kuwaiti Kuwaitis", "KG": "Kyrgyz Kyrgyzstani",
    "LA": "Laotian Laotians", "LV": "Latvian Latvians", "LB": "Lebanese", "LS": "Basotho", "LR": "Liberian Liberians",
    "LY": "Libyan Libyans", "LT": "Lithuanian Lithuanians", "LU": "Luxembourgish", "MG": "Malagasy Madagascan",
    "MW": "Malawian Malawians", "MY": "Malaysian Malaysians", "MV": "Maldivian Maldivians", "ML": "Malian Malians",
    "MT": "Maltese", "MR": "Mauritanian Mauritanians", "MU": "Mauritian Mauritians", "MX": "Mexican Mexicans",
    "MD": "Moldovan Moldovans", "MN": "Mongolian Mongolians", "ME": "Montenegrin Montenegrins", "MA": "Moroccan Moroccans",
    "MZ": "Mozambican Mozambicans", "MM": "Burmese", "NA": "Namibian Namibians", "NP": "Nepali Nepalese Nepalis",
    "NL": "Dutch", "NZ": "Kiwi", "NI": "Nicaraguan Nicaraguans", "NE": "Nigerien Nigeriens", "NG": "Nigerian Nigerians",
    "MK": "Macedonian Macedonians", "NO": "Norwegian Norwegians", "OM": "Omani Omanis", "PK": "Pakistani Pakistanis",
    "PS": "Palestinian Palestinians", "PA": "Panamanian Panamanians", "PY": "Paraguayan Paraguayans",
    "PE": "Peruvian Peruvians", "PH": "Filipino Filipinos Philippine", "PL": "Polish Poles", "QA": "Qatari Qataris",
    "RO": "Romanian Romanians", "RU": "Russians", "RW": "Rwandan Rwandans", "SA": "Saudi Saudis",
    "SN": "Senegalese", "RS": "Serbian Serbs", "SL": "Sierra-Leonean", "SG": "Singaporean Singaporeans",
    "SK": "Slovak Slovaks", "SI": "Slovenian Slovene", "SO": "Somali Somalis", "ZA": "South-African",
    "KR": "South-Korean", "KP": "North-Korean", "SS": "South-Sudanese", "ES": "Spaniards", "LK": "Sri-Lankan",
    "SD": "Sudanese", "SR": "Surinamese", "SE": "Swedish Swedes", "CH": "Swiss", "SY": "Syrian Syrians",
    "TW": "Taiwanese", "TJ": "Tajik Tajiks", "TZ": "Tanzanian Tanzanians", "TH": "Thai Thais", "TG": "Togolese",
    "TT": "Trinidadian", "TN": "Tunisian Tunisians", "TR": "Turks", "TM": "Turkmen", "UG": "Ugandan Ugandans",
    "UA": "Ukrainian Ukrainians", "AE": "Emirati Emiratis", "GB": "British Britons", "UY": "Uruguayan Uruguayans",
    "UZ": "Uzbek Uzbeks", "VE": "Venezuelan Venezuelans", "VN": "Vietnamese", "YE": "Yemeni Yemenis",
    "ZM": "Zambian Zambians", "ZW": "Zimbabwean Zimbabweans", "XK": "Kosovar Kosovars", "TL": "Timorese",
}  # fmt: skip

# Stems of adjectives in languages that write them small; ENDINGS follow.
STEMS = {
    "fr": {
        "afghan": "AF", "albanais": "AL", "algérien": "DZ", "angolais": "AO", "argentin": "AR", "arménien": "AM", "béninois": "BJ",
        "bolivien": "BO", "brésilien": "BR", "bulgare": "BG", "burkinabè": "BF", "burundais": "BI", "camerounais": "CM",
        "canadien": "CA", "centrafricain": "CF", "chilien": "CL", "chinois": "CN", "colombien": "CO", "congolais": "CD",
        "égyptien": "EG", "éthiopien": "ET", "gabonais": "GA", "géorgien": "GE", "ghanéen": "GH", "guinéen": "GN", "haïtien": "HT",
        "indien": "IN", "indonésien": "ID", "irakien": "IQ", "iranien": "IR", "ivoirien": "CI", "jordanien": "JO", "kényan": "KE",
        "kenyan": "KE", "libanais": "LB", "libyen": "LY", "malgache": "MG", "malien": "ML", "marocain": "MA", "mauritanien": "MR",
        "mexicain": "MX", "mozambicain": "MZ", "nigérien": "NE", "nigérian": "NG", "ougandais": "UG", "palestinien": "PS",
        "péruvien": "PE", "roumain": "RO", "rwandais": "RW", "sénégalais": "SN", "serbe": "RS", "soudanais": "SD", "syrien": "SY",
        "tanzanien": "TZ", "tchadien": "TD", "togolais": "TG", "tunisien": "TN", "ukrainien": "UA", "vietnamien": "VN",
        "yéménite": "YE", "belge": "BE", "suisse": "CH", "québécois": "CA",
    },
    "es": {
        "afgan": "AF", "argelin": "DZ", "argentin": "AR", "bolivian": "BO", "brasileñ": "BR", "canadiens": "CA", "chilen": "CL",
        "colombian": "CO", "costarricens": "CR", "cuban": "CU", "dominican": "DO", "ecuatorian": "EC", "egipci": "EG",
        "salvadoreñ": "SV", "etíop": "ET", "filipin": "PH", "guatemaltec": "GT", "haitian": "HT", "hondureñ": "HN",
        "indi": "", "jordan": "", "keniat": "KE", "kenian": "KE", "libanes": "LB", "marroquí": "MA", "mexican": "MX",
        "mozambiqueñ": "MZ", "nicaragüens": "NI", "nigerian": "NG", "palestin": "PS", "panameñ": "PA", "paraguay": "PY",
        "peruan": "PE", "puertorriqueñ": "PR", "ruandes": "RW", "senegales": "SN", "siri": "SY", "tunecin": "TN",
        "ucranian": "UA", "ugandes": "UG", "uruguay": "UY", "venezolan": "VE",
    },
    "pt": {
        "angolan": "AO", "argentin": "AR", "bolivian": "BO", "brasileir": "BR", "cabo-verdian": "CV", "canadens": "CA",
        "chilen": "CL", "colombian": "CO", "guineens": "GW", "indian": "IN", "mexican": "MX", "moçambican": "MZ",
        "nigerian": "NG", "paraguai": "PY", "peruan": "PE", "quenian": "KE", "são-tomens": "ST", "timorens": "TL",
        "tunisin": "TN", "ucranian": "UA", "uruguai": "UY", "venezuelan": "VE", "egípci": "EG", "marroquin": "MA",
    },
    "de": {
        "afghanisch": "AF", "ägyptisch": "EG", "algerisch": "DZ", "äthiopisch": "ET", "brasilianisch": "BR", "bulgarisch": "BG",
        "chilenisch": "CL", "estnisch": "EE", "georgisch": "GE", "ghanaisch": "GH", "indonesisch": "ID", "irakisch": "IQ",
        "iranisch": "IR", "jordanisch": "JO", "kenianisch": "KE", "kolumbianisch": "CO", "libanesisch": "LB", "libysch": "LY",
        "marokkanisch": "MA", "mexikanisch": "MX", "moldauisch": "MD", "nigerianisch": "NG", "österreichisch": "AT",
        "palästinensisch": "PS", "peruanisch": "PE", "polnisch": "PL", "rumänisch": "RO", "ruandisch": "RW", "schweizerisch": "CH",
        "serbisch": "RS", "südafrikanisch": "ZA", "sudanesisch": "SD", "syrisch": "SY", "tansanisch": "TZ", "tunesisch": "TN",
        "ugandisch": "UG", "ukrainisch": "UA", "ungarisch": "HU", "belarussisch": "BY", "türkisch": "TR",
    },
    "ru": {
        "армянск": "AM", "белорусск": "BY", "беларуск": "BY", "бразильск": "BR", "грузинск": "GE", "египетск": "EG", "индийск": "IN",
        "казахстанск": "KZ", "кенийск": "KE", "киргизск": "KG", "кыргызск": "KG", "латвийск": "LV", "литовск": "LT",
        "молдавск": "MD", "молдовск": "MD", "монгольск": "MN", "польск": "PL", "сербск": "RS", "сирийск": "SY", "таджикск": "TJ",
        "тунисск": "TN", "туркменск": "TM", "узбекск": "UZ", "узбекистанск": "UZ", "украинск": "UA", "эстонск": "EE",
        "азербайджанск": "AZ", "афганск": "AF", "российск": "RU", "чешск": "CZ", "иранск": "IR", "турецк": "TR",
    },
    "ar": {
        "الجزائري": "DZ", "البحريني": "BH", "المصري": "EG", "العراقي": "IQ", "الأردني": "JO", "الكويتي": "KW", "اللبناني": "LB",
        "الليبي": "LY", "الموريتاني": "MR", "المغربي": "MA", "العماني": "OM", "الفلسطيني": "PS", "القطري": "QA", "السعودي": "SA",
        "الصومالي": "SO", "السوداني": "SD", "السوري": "SY", "التونسي": "TN", "الإماراتي": "AE", "اليمني": "YE", "الكيني": "KE",
        "الهندي": "IN", "الإيراني": "IR", "التركي": "TR",
    },
}  # fmt: skip
ENDINGS = {
    "fr": ("", "e", "s", "es", "ne", "nes"),
    "es": ("", "o", "a", "os", "as", "e", "es", "i", "is"),
    "pt": ("o", "a", "os", "as", "e", "es", "ns"),
    "de": ("", "e", "er", "en", "es", "em"),
    "ru": ("ий", "ого", "ому", "им", "ом", "ая", "ой", "ую", "ое", "ие", "их", "ими"),
    "ar": ("", "ة", "ين", "ون"),
}

# Names of languages and of what is called after a country: they speak for it, but less.
LANGUAGE_WORDS = {
    "en": {"Indian": "IN", "French": "FR", "German": "DE", "Italian": "IT", "Spanish": "ES", "Portuguese": "PT", "Russian": "RU",
           "Greek": "GR", "Turkish": "TR", "Persian": "IR", "Korean": "KR", "Georgian": "GE", "American": "US"},
    "fr": {"français": "FR", "française": "FR", "françaises": "FR", "allemand": "DE", "espagnol": "ES", "portugais": "PT", "russe": "RU"},
    "es": {"español": "ES", "española": "ES", "españoles": "ES", "francés": "FR", "alemán": "DE", "portugués": "PT", "ruso": "RU"},
    "de": {"französisch": "FR", "spanisch": "ES", "portugiesisch": "PT", "russisch": "RU", "deutsche": "DE", "deutschen": "DE"},
    "pt": {"português": "PT", "portuguesa": "PT", "francês": "FR", "espanhol": "ES", "alemão": "DE", "russo": "RU"},
}  # fmt: skip

# Capitals whose name is hardly anything else, in the spelling of several languages.
CAPITALS = {
    "AF": "Kabul Kaboul Kabul Кабул كابول", "AL": "Tirana", "DZ": "Algiers Alger Argel", "AO": "Luanda", "AM": "Yerevan Erevan Ереван",
    "AT": "Vienna Vienne Wien Viena", "AZ": "Baku Bakou Баку", "BD": "Dhaka Dacca", "BY": "Minsk Минск", "BO": "La-Paz Sucre",
    "BA": "Sarajevo", "BW": "Gaborone", "BR": "Brasília Brasilia", "BG": "Sofia", "BF": "Ouagadougou", "BI": "Bujumbura Gitega",
    "KH": "Phnom-Penh", "CM": "Yaoundé", "CA": "Ottawa", "CF": "Bangui", "TD": "N’Djamena Ndjamena", "CN": "Beijing Pékin Pekín Пекин",
    "CO": "Bogotá Bogota", "CD": "Kinshasa", "CG": "Brazzaville", "HR": "Zagreb", "CU": "Havana", "CZ": "Prague Praha Prag",
    "DK": "Copenhagen Copenhague Kopenhagen", "EC": "Quito", "EG": "Cairo Kairo القاهرة", "ER": "Asmara", "EE": "Tallinn Таллин",
    "ET": "Addis-Ababa Addis-Abeba", "FI": "Helsinki", "FR": "Paris", "GA": "Libreville", "GM": "Banjul", "GE": "Tbilisi Tbilissi Тбилиси",
    "DE": "Berlin", "GH": "Accra", "GR": "Athens Athènes", "GN": "Conakry", "GW": "Bissau", "HT": "Port-au-Prince", "HN": "Tegucigalpa",
    "HU": "Budapest", "IS": "Reykjavik Reykjavík", "IN": "New-Delhi Delhi", "ID": "Jakarta", "IR": "Tehran Téhéran Teherán Teheran Тегеран طهران",
    "IQ": "Baghdad Bagdad بغداد", "IE": "Dublin", "IL": "Jerusalem", "IT": "Rome Roma Rom", "JP": "Tokyo", "JO": "Amman", "KZ": "Astana Астана",
    "KE": "Nairobi نيروبي Найроби", "KR": "Seoul Séoul", "KG": "Bishkek Bichkek Бишкек", "LA": "Vientiane", "LV": "Riga Рига",
    "LB": "Beirut Beyrouth بيروت", "LR": "Monrovia", "LY": "طرابلس", "LT": "Vilnius", "MG": "Antananarivo", "MW": "Lilongwe",
    "MY": "Kuala-Lumpur", "ML": "Bamako", "MR": "Nouakchott", "MX": "Mexico-City", "MD": "Chisinau Chișinău Кишинёв Кишинев",
    "MN": "Ulaanbaatar", "ME": "Podgorica", "MA": "Rabat الرباط", "MZ": "Maputo", "MM": "Naypyidaw Yangon", "NA": "Windhoek",
    "NP": "Kathmandu Katmandou Katmandú", "NL": "Amsterdam", "NI": "Managua", "NE": "Niamey", "NG": "Abuja Lagos",
    "MK": "Skopje", "NO": "Oslo", "OM": "Muscat", "PK": "Islamabad", "PS": "Ramallah رام-الله", "PY": "Asunción", "PH": "Manila Manille",
    "PL": "Warsaw Varsovie Varsovia Warschau Варшава", "PT": "Lisbon Lisbonne Lisboa Lissabon", "QA": "Doha الدوحة", "RO": "Bucharest Bucarest",
    "RU": "Moscow Moscou Moscú Moskau Москва Москве Москвы", "RW": "Kigali", "SA": "Riyadh Riyad الرياض", "SN": "Dakar", "RS": "Belgrade Belgrado Белград",
    "SL": "Freetown", "SK": "Bratislava", "SI": "Ljubljana", "SO": "Mogadishu Mogadiscio مقديشو", "ZA": "Pretoria Johannesburg", "SS": "Juba",
    "ES": "Madrid", "LK": "Colombo", "SD": "Khartoum الخرطوم", "SE": "Stockholm", "CH": "Bern", "SY": "Damascus Damas Damasco دمشق",
    "TW": "Taipei", "TJ": "Dushanbe Душанбе", "TZ": "Dodoma Dar-es-Salaam", "TH": "Bangkok", "TG": "Lomé", "TN": "Tunis", "TR": "Ankara Istanbul",
    "TM": "Ashgabat Ашхабад", "UG": "Kampala", "UA": "Kyiv Kiev Київ Киев Киеве", "AE": "Abu-Dhabi Dubai أبوظبي دبي", "GB": "London Londres",
    "UY": "Montevideo", "UZ": "Tashkent Tachkent Ташкент", "VE": "Caracas", "VN": "Hanoi", "YE": "Sanaa Sana’a صنعاء", "ZM": "Lusaka", "ZW": "Harare",
    "PE": "Lima", "XK": "Pristina Prishtina",
}  # fmt: skip

# Further names. A capital letter alone is asked for, so that “us” is no country.
NAMES = {
    "*": {"USA": "US", "UK": "GB", "UAE": "AE", "DRC": "CD", "DR-Congo": "CD"},
    "en": {"US": "US", "U-S": "US", "United-States-of-America": "US", "Great-Britain": "GB", "Britain": "GB", "England": "GB",
           "Scotland": "GB", "Wales": "GB", "Northern-Ireland": "GB", "Ivory-Coast": "CI", "Cape-Verde": "CV", "Burma": "MM",
           "Czech-Republic": "CZ", "Macedonia": "MK", "Swaziland": "SZ", "Palestine": "PS", "Turkey": "TR", "East-Timor": "TL",
           "Democratic-Republic-of-the-Congo": "CD", "Democratic-Republic-of-Congo": "CD", "Republic-of-Korea": "KR",
           "Bosnia": "BA", "The-Gambia": "GM", "Congo": "CD"},
    "fr": {"États-Unis-d-Amérique": "US", "Grande-Bretagne": "GB", "Angleterre": "GB", "RDC": "CD", "Palestine": "PS",
           "République-démocratique-du-Congo": "CD", "Congo": "CD", "Biélorussie": "BY", "Birmanie": "MM", "Centrafrique": "CF"},
    "es": {"EE-UU": "US", "EEUU": "US", "Gran-Bretaña": "GB", "Inglaterra": "GB", "Palestina": "PS", "Birmania": "MM"},
    "pt": {"EUA": "US", "Grã-Bretanha": "GB", "Inglaterra": "GB", "Palestina": "PS", "Timor-Leste": "TL"},
    "de": {"USA": "US", "Großbritannien": "GB", "England": "GB", "Palästina": "PS", "Weißrussland": "BY", "Birma": "MM"},
    "ar": {"فلسطين": "PS", "الولايات-المتحدة-الأمريكية": "US", "بريطانيا": "GB", "السعودية": "SA", "الإمارات": "AE", "سوريا": "SY"},
    "ru": {"США": "US", "РФ": "RU", "Великобритании": "GB", "Белоруссия": "BY", "Белоруссии": "BY", "Палестина": "PS",
           "Палестины": "PS", "Киргизия": "KG", "Киргизии": "KG"},
}  # fmt: skip

# What a name or capital also is, so that alone it says little: a state, a person, a bird, an ordinary word.
AMBIGUOUS = {
    "en": {"Georgia", "Jordan", "Chad", "Guinea", "Turkey", "Dominica", "Jersey", "Congo", "Man", "Paris", "Lima", "Sofia", "London",
           "Sucre", "Colombo", "Victoria", "Kiwi", "Polish", "Swiss", "Mali", "Cuba", "Lagos", "Rom", "Wien"},
    "fr": {"Maurice", "Géorgie", "Jersey", "Congo", "Inde", "Paris", "Sofia", "Lima", "Vienne", "Alger", "Rome"},
    "es": {"Granada", "Georgia", "Guinea", "Dominica", "Sucre", "Roma", "Lima", "Santiago", "Jersey"},
    "pt": {"Granada", "Peru", "Geórgia", "Guiné", "Roma", "Lima", "Maurício"},
    "de": {"Georgien", "Guinea", "Jersey", "Rom", "Prag", "Man", "Island"},
    "ar": {"مالي", "عمان", "عُمان", "قطر", "تشاد", "توغو", "بيرو", "كوبا", "جيرسي", "غانا", "بنين", "تركي", "دبي", "الرباط", "الرياض"},
    "ru": {"Того", "Чад", "Мали", "Перу", "Куба", "Джерси", "Рига"},
}  # fmt: skip
NOT_AFTER = {
    "MX": {"new"},
    "JE": {"new"},
    "GN": {"new", "papua", "equatorial"},
    "GB": {"new"},
    "IE": {"northern"},
    "CG": {"democratic"},
}
"""Words before a name that make it another place: New Mexico, Papua New Guinea, New England."""
NOT_BEFORE = {
    "LB": set(),
    "GE": {"tech", "avenue", "institute"},
    "GN": {"pig", "pigs", "bissau"},
    "DE": {"town"},
    "US": set(),
}
"""Words behind a name that make it something else: guinea pig."""
