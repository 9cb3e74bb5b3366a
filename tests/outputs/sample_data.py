"""Raw material of the sample plans: real places, invented decisions."""

from __future__ import annotations

PERIODS = tuple(range(2026, 2042, 2))
COUNTRIES = {"US": "United States", "JP": "Japan", "DE": "Germany", "TW": "Taiwan"}
ISO_A3 = {"US": "USA", "JP": "JPN", "DE": "DEU", "TW": "TWN"}
MARKETS = {
    "US": ("United States", 39.0, -98.0),
    "JP": ("Japan", 36.2, 138.3),
    "EU": ("Europe", 50.0, 9.0),
    "CN": ("China", 33.5, 109.0),
    "AS": ("Taiwan and rest of Asia", 12.0, 105.0),
}
PRODUCTS = {
    "N2": "2 nm family",
    "N3": "3 nm family",
    "N5": "5 nm family",
    "N7": "7 nm family",
    "N16": "16/12 nm",
    "N28": "28/22 nm",
    "N40": "40 nm and above",
    "PKG": "Advanced packaging",
}
PRICE_USD = {
    "N2": 26000,
    "N3": 19500,
    "N5": 16000,
    "N7": 9500,
    "N16": 4500,
    "N28": 3000,
    "N40": 2000,
    "PKG": 6000,
}
CENTRES = {
    "design": "Design centre",
    "pilot_line": "Process pilot line",
    "packaging_rd": "Packaging and materials laboratory",
}
PROGRAMMES = {
    "US": ("us_48d_35", "Advanced manufacturing investment credit (48D), 35 %", "tax_credit", 0.30),
    "JP": ("jp_5g_nedo", "METI specified semiconductor fund", "grant", 0.33),
    "DE": ("de_chips_foak", "German aid under the European Chips Act", "grant", 0.40),
}
SHARES = {
    "TW": {"US": 0.60, "JP": 0.06, "EU": 0.08, "CN": 0.10, "AS": 0.16},
    "US": {"US": 0.92, "EU": 0.08},
    "JP": {"JP": 0.60, "US": 0.20, "AS": 0.20},
    "DE": {"EU": 0.90, "US": 0.10},
}
FUTURES = {
    "calm": ("Calm", 70.0, 6.0),
    "blockade": ("Blockade of Taiwan in 2030", 5.0, -190.0),
    "quake": ("Nankai Trough quake in 2034", 8.0, -12.0),
    "tariff": ("Broad US tariff from 2028", 17.0, -24.0),
}

SITES = """\
us_phoenix|North Phoenix AZ|US|US-AZ|33.775|-112.158|0.21|0.22|35|160|78
us_chandler|Chandler AZ|US|US-AZ|33.24|-111.885|0.21|0.22|35|158|78
us_austin|Austin TX|US|US-TX|30.37|-97.64|0.35|0.48|38|150|62
us_taylor|Taylor TX|US|US-TX|30.54|-97.44|0.35|0.48|38|148|62
us_sherman|Sherman TX|US|US-TX|33.58|-96.61|0.34|0.45|38|139|62
us_dallas|Dallas and Richardson TX|US|US-TX|32.99|-96.7|0.34|0.44|38|144|62
us_boise|Boise ID|US|US-ID|43.53|-116.15|0.18|0.33|35|133|71
us_hillsboro|Hillsboro OR|US|US-OR|45.545|-122.91|0.46|0.72|37|152|83
us_camas|Camas WA|US|US-WA|45.63|-122.46|0.46|0.70|35|152|64
us_albany|Albany NY|US|US-NY|42.69|-73.83|0.12|0.15|43|149|74
us_malta|Malta NY|US|US-NY|42.97|-73.756|0.12|0.15|43|145|74
us_clay|Clay NY (Syracuse)|US|US-NY|43.19|-76.16|0.12|0.13|43|138|72
us_new_albany|New Albany OH (Columbus)|US|US-OH|40.1|-82.74|0.16|0.19|45|132|70
us_west_lafayette|West Lafayette IN|US|US-IN|40.46|-86.93|0.20|0.24|42|124|76
us_burlington|Burlington (Essex Junction) VT|US|US-VT|44.48|-73.1|0.11|0.12|35|134|120
us_santa_clara|Santa Clara and San Jose CA|US|US-CA|37.37|-121.96|0.62|0.91|35|205|180
jp_kumamoto|Kikuyo, Kumamoto|JP|JP-43|32.88|130.84|0.72|0.74|40|78|118
jp_isahaya|Isahaya, Nagasaki|JP|JP-42|32.84|130.05|0.55|0.55|38|74|118
jp_oita|Oita|JP|JP-44|33.18|131.68|0.74|0.70|38|74|118
jp_kitakyushu|Kitakyushu, Fukuoka|JP|JP-40|33.88|130.87|0.50|0.52|38|76|118
jp_hiroshima|Higashihiroshima|JP|JP-34|34.43|132.74|0.60|0.58|38|77|125
jp_chitose|Chitose, Hokkaido|JP|JP-01|42.8|141.67|0.52|0.50|42|75|140
jp_kitakami|Kitakami, Iwate|JP|JP-03|39.29|141.1|0.80|0.76|38|72|132
jp_ohira|Ohira, Miyagi|JP|JP-04|38.46|140.88|0.82|0.79|38|74|132
jp_tsukuba|Tsukuba, Ibaraki|JP|JP-08|36.06|140.13|0.90|0.82|38|88|134
jp_yokohama|Yokohama, Kanagawa|JP|JP-14|35.46|139.63|0.95|0.88|38|92|134
de_dresden|Dresden|DE|DE-SN|51.125|13.74|0.08|0.16|50|118|140
de_magdeburg|Magdeburg (Eulenberg and Sülzetal)|DE|DE-ST|52.09|11.55|0.08|0.12|50|106|140
de_munich|Munich|DE|DE-BY|48.14|11.58|0.09|0.20|30|132|146
de_itzehoe|Itzehoe|DE|DE-SH|53.93|9.51|0.08|0.14|30|108|136
de_aachen|Aachen|DE|DE-NW|50.78|6.08|0.10|0.21|30|120|144
tw_hsinchu|Hsinchu|TW|TW-HSZ|24.78|120.99|3.6|0.78|5|84|118
tw_miaoli|Zhunan, Miaoli|TW|TW-MIA|24.69|120.88|3.6|0.76|5|78|118
tw_taichung|Taichung|TW|TW-TXG|24.21|120.62|3.6|0.80|5|80|118
tw_tainan|Tainan|TW|TW-TNN|23.1|120.28|3.9|0.90|5|79|118
tw_kaohsiung|Kaohsiung|TW|TW-KHH|22.72|120.31|3.8|0.84|5|79|118
"""
"""id|name|country|iso|lat|lon|risk_pct|hazard|subsidy_pct|engineer_wage|electricity"""

EXISTING = {
    ("us_phoenix", "N5"): 30.0,
    ("us_camas", "N40"): 16.0,
    ("jp_kumamoto", "N28"): 28.0,
    ("jp_kumamoto", "N16"): 15.0,
    ("de_dresden", "N28"): 10.0,
    ("tw_hsinchu", "N2"): 60.0,
    ("tw_hsinchu", "N28"): 40.0,
    ("tw_miaoli", "PKG"): 15.0,
    ("tw_taichung", "N7"): 150.0,
    ("tw_taichung", "N28"): 60.0,
    ("tw_tainan", "N5"): 120.0,
    ("tw_tainan", "N3"): 130.0,
    ("tw_kaohsiung", "N2"): 35.0,
}
"""(site, product) -> capacity that stands today [kwpm]."""

Module = tuple[str, str, str, int, float, int]
Centre = tuple[str, str, int, str]

MODULES_A: tuple[Module, ...] = (
    ("us_phoenix", "N3", "expansion", 2026, 2028.5, 2),
    ("us_phoenix", "N2", "expansion", 2030, 2032.5, 2),
    ("us_taylor", "N5", "greenfield", 2028, 2031.5, 1),
    ("us_sherman", "N16", "greenfield", 2030, 2033.5, 1),
    ("us_new_albany", "N2", "greenfield", 2032, 2035.5, 1),
    ("jp_kumamoto", "N7", "expansion", 2026, 2028.0, 2),
    ("jp_isahaya", "PKG", "greenfield", 2028, 2030.5, 1),
    ("jp_oita", "N16", "greenfield", 2030, 2032.5, 1),
    ("de_dresden", "N16", "expansion", 2028, 2030.5, 2),
    ("de_magdeburg", "N5", "greenfield", 2032, 2035.5, 1),
    ("tw_kaohsiung", "N2", "expansion", 2026, 2028.0, 4),
    ("tw_tainan", "N3", "expansion", 2028, 2030.0, 2),
)
"""site, product, option, begun, in service, modules of 20 kwpm."""

MODULES_B: tuple[Module, ...] = (
    ("us_phoenix", "N3", "expansion", 2028, 2030.5, 2),
    ("us_phoenix", "N2", "expansion", 2030, 2032.5, 2),
    ("us_clay", "N2", "greenfield", 2032, 2035.5, 1),
    ("us_taylor", "N5", "greenfield", 2032, 2035.5, 1),
    ("jp_kumamoto", "N7", "expansion", 2026, 2028.0, 1),
    ("jp_oita", "N16", "greenfield", 2030, 2032.5, 1),
    ("jp_chitose", "N3", "greenfield", 2032, 2035.0, 1),
    ("de_dresden", "N16", "expansion", 2028, 2030.5, 3),
    ("tw_kaohsiung", "N2", "expansion", 2026, 2028.0, 4),
    ("tw_tainan", "N3", "expansion", 2028, 2030.0, 2),
)

CENTRES_A: tuple[Centre, ...] = (
    ("us_phoenix", "pilot_line", 2028, "Arizona State University"),
    ("us_albany", "pilot_line", 2030, "NY CREATES"),
    ("jp_tsukuba", "packaging_rd", 2026, "AIST and the Japan 3DIC R&D Center"),
    ("de_munich", "design", 2028, "TUM MACHT-AI"),
)
CENTRES_B: tuple[Centre, ...] = (
    ("us_phoenix", "pilot_line", 2028, "Arizona State University"),
    ("jp_tsukuba", "packaging_rd", 2026, "AIST and the Japan 3DIC R&D Center"),
    ("de_aachen", "design", 2030, ""),
)

REASONS = (
    ("US", "in", "Duties saved and the credit outweigh dearer building", 14.2),
    ("JP", "in", "Cheap building and generous aid for mature classes", 3.4),
    ("DE", "in", "Aid of half the outlay and car makers next door", 1.1),
    ("TW", "kept", "Home keeps the newest nodes", 120.0),
)
