package enrich

// english are pairs of which grow makes several texts of the commonest language.
var english = []sample{
	{"en", `Shells fall on river port as envoys leave talks
Government troops and fighters of a rebel alliance exchanged artillery fire for a third day around the river port of Malakal, residents said.
At least %d people were killed and %d wounded when shells fell on a market, a doctor at the hospital told reporters by telephone.
The army of South Sudan said it had hit a weapons store, and accused the rebels of breaking the ceasefire signed in Juba.
Some %d families crossed the Nile in canoes to reach a camp of the United Nations, where aid workers were short of tents and clean water.
A spokesman of the peacekeepers said that a patrol had come under fire from militia near the airfield.`,
		`Late goal takes the cup to the coast
The striker scored twice in the second half, in minute %d, and the coach praised a young side that had lost its last three matches at home.
"We were tired and we kept running," the captain said after the final, which %d people saw on a rainy evening.
The visitors had the better of the first half, hit the post and had a penalty saved by a goalkeeper of nineteen.
The club will spend the prize on a new stand and on the academy, its president said, and has no plan to sell the winger.`},
	{"en", `Drones hit power plant as Kyiv counts its missiles
Russian drones and missiles struck a power plant and two apartment blocks in Kharkiv before dawn, killing %d people, the governor said.
The Ukrainian military said that its air defence had shot down %d of the drones, and that its own forces had hit an oil depot near Belgorod.
Rescuers of the emergency service pulled a girl from the rubble; Volodymyr Zelensky asked NATO for more air defence.
The Kremlin denied that civilians had been a target and said the strike was a response to shelling of the border.
Fighting went on around Pokrovsk, where both armies reported gains in the trenches east of the railway.`,
		`Chip maker raises its forecast and its prices
Shares of the company rose %d percent after it said that orders for its newest processors would fill its plants until spring.
Revenue in the quarter came to %d million dollars, more than analysts had expected, while costs for energy and freight fell.
The chief executive said that the firm would hire engineers in Dresden and Osaka and buy back some of its stock.
Rivals warned of too many plants in a few years; customers in the car industry spoke of prices they could not pay for long.`},
	{"en", `Gunmen abduct pupils from school in Niger State
Gunmen on motorcycles attacked a boarding school before dawn and abducted %d pupils and two teachers, police in Minna said.
Boko Haram and bandits who ask for ransom have both taken children in northern Nigeria; no group claimed responsibility.
Soldiers and vigilantes exchanged fire with the kidnappers in the forest, a commander said, and %d of the gunmen were killed.
Amnesty International asked the government to protect schools, and parents protested in front of the governor's office until riot police used tear gas.
A hostage who escaped said that the men had spoken of a prisoner exchange.`,
		`A painter's lost notebooks go on show
The museum opens an exhibition of %d sketches on Friday that were found in the attic of a bakery, between bills and seed catalogues.
They show the harbour, the painter's sisters and a dog that visitors know from the large canvas in the next room.
The curator, who spent %d months on the catalogue, said that the handwriting had been the hardest part, and the jokes in it the best.
In autumn the drawings will travel to Lisbon and to Montreal, and a reprint of the notebooks is to be sold in the shop.`},
	{"en", `Israel and Hamas agree on exchange of hostages, mediators say
Negotiators in Doha said that Israel and Hamas had agreed on a truce of %d days and on the exchange of hostages for Palestinian prisoners.
Israeli air strikes on Gaza City killed %d people overnight, health officials said, and rockets were fired at Ashkelon.
The Israel Defense Forces said they had hit a command centre of Islamic Jihad; Hezbollah fired at soldiers on the border of Lebanon.
The UN Security Council is to vote on a resolution that demands access for humanitarian aid.
Egypt and Qatar will watch over the agreement together with the United States, according to the draft.`,
		`Bakers fear for the cheap loaf
Flour costs %d percent more than a year ago, and the bakers of the old town have begun to bake smaller rolls and to close on Mondays.
A study of the university finds that households buy %d loaves a month, most of them in supermarkets, and eat two thirds.
The guild wants lower taxes on electricity, the minister of agriculture wants more wheat from the region, and a brewery wants the old bread.
Customers in the queue were calm about it: what is good may cost something, said a teacher with two children.`},
}

// languages are a pair in each language that the rules are written for.
var languages = []sample{
	english[1],
	{"es", `El ejército bombardea un bastión del ELN en el Catatumbo
Al menos %d guerrilleros murieron en un bombardeo del Ejército contra un campamento del ELN en el norte de Colombia, informó el ministro de Defensa.
Unas %d familias huyeron de los combates entre la guerrilla y disidentes de las FARC y se refugiaron en escuelas de Cúcuta.
Naciones Unidas pidió un alto el fuego y la liberación de los secuestrados.`,
		`El equipo local gana la liga en el último minuto
Un gol en el minuto %d dio el título al equipo, que no ganaba la liga desde hacía %d años.
El entrenador elogió a los jóvenes de la cantera y dijo que el club celebrará la fiesta en la plaza mayor.
Los aficionados cantaron hasta la madrugada y las panaderías abrieron antes de lo habitual.`},
	{"fr", `Combats entre l'armée et le M23 près de Goma
De violents combats ont opposé l'armée congolaise aux rebelles du M23 près de Goma, faisant au moins %d morts, selon des sources hospitalières.
La Monusco a évacué %d blessés et dénoncé des tirs d'obus sur un camp de déplacés.
L'Union africaine appelle à un cessez-le-feu immédiat et à la reprise des négociations de Luanda.`,
		`Le festival de musique ouvre sous la pluie
Plus de %d musiciens sont attendus pendant dix jours dans les églises et les jardins de la vieille ville.
La directrice a promis %d concerts gratuits et une soirée consacrée aux chansons des pêcheurs.
Les hôtels sont complets, les restaurateurs se réjouissent et les parapluies manquent dans les magasins.`},
	{"de", `Russische Drohnen treffen Wohnhäuser in Odessa
Bei einem russischen Drohnenangriff auf Odessa sind nach Angaben des Gouverneurs mindestens %d Menschen getötet und %d verletzt worden.
Die ukrainische Armee meldete schwere Gefechte im Donbass und den Abschuss mehrerer Raketen.
Die Vereinten Nationen forderten eine Waffenruhe und den Austausch von Gefangenen.`,
		`Der Verein baut ein neues Schwimmbad
Der Stadtrat hat dem Bau mit großer Mehrheit zugestimmt, das Becken soll %d Meter lang werden und im Sommer öffnen.
Die Kosten liegen bei %d Millionen Euro, ein Drittel davon kommt von der Sparkasse.
Kinder der Grundschule malten Bilder für die Eingangshalle, die beim Fest gezeigt werden.`},
	{"pt", `Ataque jihadista em Cabo Delgado mata aldeões
Homens armados atacaram uma aldeia em Cabo Delgado, no norte de Moçambique, e mataram %d civis, disse o governador.
O exército e as tropas do Ruanda perseguem os insurgentes, e %d pessoas fugiram para Pemba.
As Nações Unidas alertam para a falta de alimentos nos campos de deslocados.`,
		`Escola de samba apresenta enredo sobre o mar
A escola levou %d pessoas para a quadra e mostrou as fantasias que vai usar no desfile de fevereiro.
O carnavalesco trabalhou %d semanas nos carros, que contam a história de um pescador e da sua filha.
Os ingressos esgotaram em uma tarde, e a prefeitura promete mais trens durante a festa.`},
	{"it", `Scontri a Tripoli tra milizie rivali
Violenti scontri tra milizie rivali a Tripoli hanno causato almeno %d morti e %d feriti, secondo il ministero della Sanità libico.
L'esercito ha schierato carri armati e la missione delle Nazioni Unite chiede un cessate il fuoco.
Decine di famiglie sono fuggite dai quartieri del sud colpiti dai razzi.`,
		`La vendemmia comincia in anticipo
I viticoltori delle colline hanno cominciato la vendemmia con %d giorni di anticipo e si aspettano un vino profumato.
Il consorzio stima una produzione di %d milioni di bottiglie, poco meno dello scorso anno.
Nelle cantine si cercano giovani per la stagione, e il museo del vino apre anche la sera.`},
	{"nl", `Doden bij luchtaanval op ziekenhuis in Soedan
Bij een luchtaanval op een ziekenhuis in El Fasher zijn volgens artsen zeker %d mensen gedood en %d gewond geraakt.
Het leger en de Rapid Support Forces beschuldigen elkaar van oorlogsmisdaden.
De Verenigde Naties eisen een staakt-het-vuren en toegang voor hulpkonvooien.`,
		`Fietsers krijgen een brug over het kanaal
De gemeente bouwt een brug van %d meter voor fietsers en wandelaars, die over twee jaar klaar moet zijn.
Het plan kost %d miljoen euro en scheelt scholieren een kwartier op weg naar huis.
Bewoners vroegen om bomen langs de oever, en de wethouder beloofde er honderd.`},
	{"pl", `Rosyjskie rakiety spadły na Charków
W rosyjskim ostrzale Charkowa zginęło co najmniej %d osób, a %d zostało rannych, poinformował mer miasta.
Siły Zbrojne Ukrainy odparły ataki pod Pokrowskiem i zestrzeliły kilkanaście dronów.
NATO zapowiedziało kolejne dostawy broni, a ONZ wezwała do zawieszenia broni.`,
		`Orkiestra zagra w starej fabryce
Koncert w hali po dawnej fabryce mebli obejrzy %d widzów, a bilety kosztują mniej niż w filharmonii.
Dyrygent pracował z młodzieżą przez %d tygodni i wybrał utwory, które wszyscy znają z filmów.
Miasto chce, aby hala stała się domem kultury, i szuka pieniędzy na remont dachu.`},
	{"tr", `Suriye'nin kuzeyinde çatışmalarda ölenler var
Suriye'nin kuzeyindeki çatışmalarda en az %d kişi öldü, %d kişi yaralandı, yerel kaynaklar söyledi.
Suriye ordusu ile SDG arasında Halep yakınlarında ağır silahlar kullanıldı, siviller bölgeden kaçtı.
Birleşmiş Milletler ateşkes çağrısında bulundu ve insani yardımın engellenmemesini istedi.`,
		`Zeytin hasadı bu yıl bereketli geçti
Üreticiler bu yıl %d bin ton zeytin topladı ve yağın kalitesinden memnun olduklarını söyledi.
Kooperatif %d yeni işçi aldı ve fabrikanın makinelerini yeniledi.
Köyde düzenlenen şenlikte çocuklar oyunlar oynadı, kadınlar ekmek pişirdi.`},
	{"ru", `При обстреле Белгорода погибли мирные жители
При обстреле Белгорода погибли %d человек, еще %d ранены, сообщил губернатор области.
Минобороны заявило, что российская армия нанесла удар по складам боеприпасов под Харьковом, ВСУ это отрицают.
ООН призвала стороны к прекращению огня и обмену пленными.`,
		`В библиотеке открылась выставка старых карт
На выставке показаны %d карт, которые собирал учитель географии из маленького города на Волге.
Посетители могут сравнить их с современными снимками и услышать рассказы о путешествиях, записанные за %d лет.
Вход свободный, по субботам для школьников проводят занятия по рисованию.`},
	{"uk", `Росія вдарила ракетами по Запоріжжю
Унаслідок ракетного удару по Запоріжжю загинули %d людей, ще %d поранені, повідомила обласна адміністрація.
Збройні сили України відбили атаки під Покровськом і знищили склад боєприпасів окупантів.
Президент закликав НАТО посилити протиповітряну оборону, тривають переговори про обмін полоненими.`,
		`Пекарня з Полтави отримала нагороду за хліб
Журі скуштувало %d сортів хліба і відзначило житній із кмином, який печуть за бабусиним рецептом.
Власниця каже, що тісто росте %d годин і не терпить поспіху.
Тепер пекарня шукає приміщення у Львові та навчає школярів місити тісто.`},
	{"bg", `Ракетен удар по Харков взе жертви
Най-малко %d души загинаха и %d бяха ранени при руски ракетен удар по Харков, съобщи кметът.
Украинската армия съобщи за тежки боеве край Покровск, а Кремълът отрече да са улучени цивилни.
НАТО обеща нови доставки на оръжие, ООН призова за прекратяване на огъня.`,
		`Фестивалът на розата събра хиляди гости
Над %d гости дойдоха в долината за празника на розата и видяха как се вари розово масло.
Производителите очакват добра година, а цената е с %d процента по-висока от миналата.
Деца от читалището танцуваха на площада, музеят остана отворен до полунощ.`},
	{"ar", `قتلى في غارات على مدينة غزة
قتل %d فلسطينيا على الأقل وأصيب %d آخرون في غارات شنها الجيش الإسرائيلي على مدينة غزة، بحسب مصادر طبية.
وقالت حركة حماس إن مقاتليها أطلقوا صواريخ على عسقلان، فيما دعت الأمم المتحدة إلى وقف إطلاق النار.
ونزحت مئات العائلات من شمال القطاع بعد قصف مدفعي عنيف.`,
		`افتتاح معرض الكتاب في العاصمة
افتتح أمس معرض الكتاب بمشاركة %d دار نشر، ويستمر عشرة أيام في المركز الثقافي.
وقالت مديرة المعرض إن الأطفال سيجدون %d كتابا جديدا وورشا للرسم والخط.
ويتوقع المنظمون إقبالا كبيرا في عطلة نهاية الأسبوع.`},
	{"fa", "کشته شدن غیرنظامیان در حمله هوایی به صنعا\n" +
		"در حمله هوایی به صنعا دست\u200cکم %d نفر کشته و %d نفر زخمی شدند، منابع پزشکی گفتند.\n" +
		"حوثی\u200cها گفتند که با موشک به این حمله پاسخ می\u200cدهند و سپاه پاسداران آن را محکوم کرد.\n" +
		"سازمان ملل خواستار آتش\u200cبس و ارسال کمک\u200cهای انسانی شد.",
		"جشنواره فیلم با نمایش آثار جوانان آغاز شد\n" +
			"در این جشنواره %d فیلم کوتاه از کارگردانان جوان نمایش داده می\u200cشود و داوران سه جایزه می\u200cدهند.\n" +
			"دبیر جشنواره گفت که بلیت\u200cها در %d روز فروخته شده است.\n" +
			"کارگاه\u200cهای عکاسی و موسیقی هم برای دانش\u200cآموزان برگزار می\u200cشود."},
	{"he", `חיילים נהרגו בקרבות בדרום לבנון
%d חיילים נהרגו ו-%d נפצעו בקרבות עם חיזבאללה בדרום לבנון, הודיע דובר צה"ל.
חיל האוויר תקף מחסני נשק בבקעת הלבנון, ורקטות נורו לעבר קריית שמונה.
האו"ם קרא להפסקת אש מיידית ולשחרור החטופים.`,
		`השוק העירוני נפתח מחדש אחרי השיפוץ
השוק נפתח הבוקר עם %d דוכנים של ירקות, גבינות ולחם, ורבים הגיעו עם הילדים.
השיפוץ נמשך %d חודשים ועלה פחות מהצפוי, אמרה ראש העירייה.
בערב ינגנו במקום תלמידי בית הספר למוזיקה.`},
	{"hi", `मणिपुर में हिंसा, कई लोगों की मौत
मणिपुर में दो गुटों के बीच गोलीबारी में कम से कम %d लोगों की मौत हो गई और %d घायल हुए, पुलिस ने कहा।
भारतीय सेना और असम राइफल्स के जवानों ने उग्रवादियों के ठिकानों से हथियार बरामद किए।
प्रदर्शनकारियों ने इंफाल में कर्फ्यू के बावजूद रैली निकाली।`,
		`गांव की टीम ने जीता क्रिकेट टूर्नामेंट
गांव की टीम ने आखिरी ओवर में %d रन बनाकर ट्रॉफी जीती और पूरे इलाके में मिठाई बांटी गई।
कप्तान ने कहा कि खिलाड़ियों ने %d महीने तक रोज सुबह अभ्यास किया।
स्कूल ने बच्चों के लिए नया मैदान बनाने का वादा किया है।`},
	{"zh", `缅甸军方空袭村庄造成平民死亡
缅甸军方星期二空袭实皆省一个村庄,造成至少%d名平民死亡,%d人受伤,当地居民说。
若开军与政府军在边境继续交火,数千名难民逃往泰国。
联合国呼吁各方立即停火,让人道救援进入灾区。`,
		`城市图书馆延长开放时间
市图书馆从下月起每天开放到晚上十点,新增%d个座位和儿童阅览室。
馆长说,过去一年读者借阅了%d万册图书,小说和烹饪书最受欢迎。
周末还会举办书法课和音乐会,市民可以在网上报名。`},
	{"ja", `ガザで空爆、市民多数が死亡
イスラエル軍は火曜日、ガザ市を空爆し、少なくとも%d人が死亡、%d人が負傷したと保健当局が発表した。
ハマスはロケット弾で報復し、ヒズボラも国境で攻撃を続けている。
国連は即時停戦と人道支援の受け入れを求めた。`,
		`地元の高校が吹奏楽の全国大会で金賞
部員%d人が毎朝練習を重ね、初めての金賞に涙を流した。
顧問の先生は、この%d年間で音が大きく変わったと話した。
来月には商店街で演奏会を開き、売り上げで新しい楽器を買う予定だ。`},
}
