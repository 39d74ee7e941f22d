package article

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// furniture are the beginnings of texts that are not part of an article,
// in the languages of the feeds; lower case.
var furniture = buckets([]string{
	// Pointers to other articles.
	"read more", "read also", "also read", "read next", "read:", "read the full", "see also", "related", "more on", "more from", "more:", "recommended", "most read", "most popular", "trending",
	"you may also like", "you might also like", "don't miss", "don’t miss", "up next", "watch:", "watch |", "watch more", "listen:", "in pictures", "in photos", "photos:", "video:", "latest news", "latest stories", "top stories", "editor's pick", "editors' pick", "editors’ picks", "editor’s pick", "what to read", "keep reading", "continue reading", "story continues below", "article continues below", "previous article", "next article", "explore more", "promoted", "sponsored", "from around the web",
	"lesen sie", "lesen sie auch", "mehr zum thema", "mehr dazu", "mehr zu", "mehr über", "auch interessant", "lies auch", "weitere artikel", "weiterlesen", "das könnte sie auch interessieren", "zum thema", "meistgelesen", "passend dazu", "hier geht es", "hier finden sie", "zum artikel",
	"lire aussi", "à lire aussi", "lire également", "lire la suite", "voir aussi", "a lire", "à lire", "sur le même sujet", "notre sélection",
	"lea también", "leer más", "lee también", "ver más", "te puede interesar", "más información", "también te puede interesar", "relacionad", "más sobre", "le recomendamos", "sigue leyendo", "más noticias",
	"leia também", "leia mais", "veja também", "saiba mais", "mais lidas", "leggi anche", "leggi di più", "leggi tutto", "potrebbe interessarti", "vedi anche", "guarda anche",
	"lees ook", "lees meer", "lees verder", "bekijk ook", "læs også", "les også", "les mer", "läs också", "läs mer", "lue myös", "lue lisää", "czytaj także", "czytaj też", "czytaj więcej", "zobacz też", "zobacz także", "przeczytaj", "polecamy", "čtěte také", "přečtěte si", "citeşte şi", "citește și", "citiţi şi", "ayrıca okuyun", "ilgili haber", "baca juga", "simak juga", "lihat juga", "xem thêm", "skaitykite", "taip pat skaitykite", "lasi arī", "loe ka", "olvassa el", "διαβάστε",
	"читайте также", "читать далее", "читайте", "смотрите также", "по теме", "читайте також", "дивіться також", "اقرأ أيضا", "اقرأ أيضًا", "إقرأ أيضا", "اقرأ المزيد", "شاهد", "بیشتر بخوانید", "関連記事", "あわせて読みたい", "続きを読む", "相关阅读", "相关新闻", "延伸阅读", "延伸閱讀", "관련기사", "관련 기사", "ये भी पढ़ें", "यह भी पढ़ें", "ยังอ่าน", "อ่านเพิ่มเติม",
	// Offers, consent, legal.
	"advertisement", "advertising", "anzeige", "werbung", "publicité", "publicidad", "publicidade", "pubblicità", "annonse", "annonce", "reklama", "реклама", "advertentie", "mainos", "reklam", "إعلان", "広告", "广告", "광고",
	"subscribe", "sign up", "sign in", "log in", "login", "register", "join our", "join the", "get the latest", "get our", "become a", "already a", "start your", "support our", "support us", "donate", "follow us", "follow @", "follow the", "like us", "download", "click here", "tap here", "newsletter", "share this", "share on", "share", "print this", "email this", "copy link", "comments", "leave a comment", "post a comment", "leave a reply", "view comments", "show comments", "join the conversation", "reply",
	"we use cookies", "this site uses", "this website uses", "by clicking", "by continuing", "by submitting", "by signing", "your email", "enter your", "thank you for", "terms of", "privacy policy", "please enable", "please note", "accept",
	"copyright", "©", "all rights reserved", "(c) ", "not to be reproduced", "this material may not", "quelle:", "source:", "fuente:", "fonte:", "source :", "источник", "出典",
	"abonnieren", "jetzt abonnieren", "melden sie sich", "folgen sie", "teilen", "kommentare", "kommentieren", "newsletter", "jetzt anmelden", "diesen artikel", "empfohlener redaktioneller inhalt", "an dieser stelle", "mit einem klick", "sie haben", "wir verwenden", "ich bin damit einverstanden", "externer inhalt", "inhalt laden",
	"abonnez-vous", "inscrivez-vous", "partager", "suivez", "je m'abonne", "réservé aux abonnés", "cet article est réservé", "suscríbete", "suscribirse", "comparte", "compartir", "síguenos", "sigue a", "assine", "compartilhe", "siga ", "iscriviti", "segui", "condividi", "abonneer", "volg ons", "deel", "подпис", "подел", "следите", "подпиш", "поділ", "підпис", "تابع", "شارك", "اشترك",
	"tags:", "tags", "topics:", "topics", "filed under", "categories", "category", "keywords", "schlagworte", "themen:", "etiquetas", "mots-clés", "temas", "tagi:", "теги", "метки", "published", "updated", "posted", "last updated", "first published", "last modified", "veröffentlicht", "aktualisiert", "stand:", "publié le", "mis à jour", "publicado", "actualizado", "atualizado", "pubblicato", "aggiornato", "minute read", "min read", "reading time", "lesezeit",
	// Pictures.
	"photo:", "photo by", "photograph:", "photo credit", "image:", "image credit", "image source", "picture:", "file photo", "file image", "foto:", "fotos:", "bild:", "bilder:", "photo :", "crédit", "credit:", "credits:", "getty images", "imago", "zdjęcie", "фото:", "фото ", "صورة", "写真", "写真：", "图片", "圖", "图源", "사진=", "사진 ",
	// Authors and desks.
	"about the author", "about the writer", "the author is", "the writer is", "über den autor", "zur person", "à propos de l'auteur", "sobre el autor", "reporting by", "additional reporting", "editing by", "written by", "with files from",
})

// buckets sorts phrases by their first byte.
func buckets(list []string) (b [256][]string) {
	for _, s := range list {
		b[s[0]] = append(b[s[0]], s)
	}
	return b
}

// isFurniture reports whether s begins like something that is not part of an article.
func isFurniture(s string) bool {
	s = strings.TrimLeftFunc(s, func(r rune) bool {
		return unicode.IsPunct(r) && r != '©' && r != '(' || unicode.IsSymbol(r) && r != '©'
	})
	const most = 64
	var room [most + utf8.UTFMax]byte
	low := room[:0]
	for _, r := range s {
		if len(low) >= most {
			break
		}
		if 'A' <= r && r <= 'Z' {
			r += 'a' - 'A'
		} else if r >= utf8.RuneSelf {
			r = unicode.ToLower(r)
		}
		low = utf8.AppendRune(low, r)
		if len(low) < utf8.UTFMax && len(furniture[low[0]]) == 0 {
			return false
		}
	}
	if len(low) == 0 {
		return false
	}
	for _, p := range furniture[low[0]] {
		if len(low) < len(p) || string(low[:len(p)]) != p {
			continue
		}
		next, _ := utf8.DecodeRune(low[len(p):])
		last, _ := utf8.DecodeLastRuneInString(p)
		if !unicode.IsLetter(next) || !unicode.IsLetter(last) || last >= 0x2E80 || len(p) >= 10 {
			return true
		}
	}
	return false
}

// isPlaceholder reports whether the whole of s is a mark that a template or an
// editor's shortcode left: "$$ARTICLEAD$$", "{{ad}}", "[ad_1]", "[button]…[/button]".
func isPlaceholder(s string) bool {
	const least = 5 // bytes
	if len(s) < least {
		return false
	}
	for _, pair := range [...][2]string{{"$$", "$$"}, {"{{", "}}"}, {"{%", "%}"}, {"%%", "%%"}, {"##", "##"}, {"<%", "%>"}, {"[[", "]]"}} {
		if strings.HasPrefix(s, pair[0]) && strings.HasSuffix(s, pair[1]) {
			return true
		}
	}
	if s[0] != '[' || s[len(s)-1] != ']' {
		return false
	}
	name := strings.TrimLeftFunc(s[1:], func(r rune) bool { return 'a' <= r && r <= 'z' || r == '_' || r == '-' })
	n := len(s) - 1 - len(name)
	return n > 1 && (strings.Contains(s, "[/"+s[1:1+n]+"]") || strings.HasPrefix(name, " ") && strings.Contains(name, "=") || s[n] == '_')
}

// agencies are names that follow a photographer's after a slash.
var agencies = setOf([]string{
	"reuters", "afp", "ap", "ap photo", "getty", "getty images", "dpa", "epa", "efe", "ansa", "anadolu", "anadolu agency", "xinhua", "tass", "sputnik",
	"shutterstock", "imago", "picture alliance", "alamy", "pa", "pa wire", "pa images", "zuma", "zuma press", "rex", "upi", "keystone", "belga", "anp", "ntb", "tt", "scanpix", "lehtikuva",
	"pap", "lusa", "apa", "bloomberg", "nurphoto", "sipa", "sipa usa", "pool", "handout", "istock", "unsplash", "afp/getty images", "via reuters", "via ap", "via getty images", "epa-efe", "kyodo", "jiji", "yonhap", "ritzau", "eyevine", "abaca", "mti", "ctk", "čtk", "riafan", "unian", "ukrinform", "action images", "dpa-zentralbild", "the guardian", "the new york times",
})

// creditWords begin a line that names the source of a picture.
var creditWords = []string{
	"photo:", "photos:", "photograph:", "photographs:", "photo by", "photograph by", "photo credit", "image:", "image credit", "image source", "image copyright", "picture:", "picture by", "pic:", "credit:", "credits:", "foto:", "fotos:", "foto ", "bild:", "bilder:", "fotografie:", "photo :", "crédit photo", "crédits", "crédit", "©", "(c)", "copyright", "getty images", "fotó:", "zdjęcie", "фото:", "foto/", "video:", "illustration:", "grafik:", "fuente:", "file photo", "写真", "사진", "图片来源", "圖片來源", "archivbild", "symbolbild",
}

// creditStarts are creditWords by their first byte.
var creditStarts = buckets(creditWords)

// mayCredit are the first bytes of creditWords and agencies.
var mayCredit = func() (b [256]bool) {
	for _, w := range creditWords {
		b[w[0]] = true
	}
	for name := range agencies {
		b[name[0]] = true
	}
	return b
}()

// isCredit reports whether the whole of s names the source of a picture, such as
// "Jane Doe/Reuters", "Photo: Jane Doe" or "© AFP".
func isCredit(s string) bool {
	s = strings.Trim(s, " ()[]|.-–—")
	if s == "" || len(s) > 160 {
		return false
	}
	if c := s[0]; c < utf8.RuneSelf && !mayCredit[c|0x20] && !mayCredit[c] && !strings.ContainsAny(s, "/|") && !strings.Contains(s, " via ") && !strings.Contains(s, " Via ") {
		return false // nearly all; spares them the folding of case
	}
	low := strings.ToLower(s)
	for _, w := range creditStarts[low[0]] {
		if strings.HasPrefix(low, w) && len(strings.Fields(s)) <= 14 {
			return true
		}
	}
	const name = 4 // words that a name may have
	if i := strings.LastIndexAny(low, "/|"); i >= 0 && isAgency(low[i+1:]) && len(strings.Fields(low[:i])) <= name {
		return !strings.ContainsAny(low[:i], `'"’”`)
	}
	if head, tail, ok := strings.Cut(low, " via "); ok && isAgency(tail) && len(strings.Fields(head)) <= 4 {
		return true
	}
	return isAgency(low)
}

func isAgency(s string) bool {
	s = strings.Trim(s, " ()[].")
	return agencies[s]
}

func setOf(list []string) map[string]bool {
	set := make(map[string]bool, len(list))
	for _, s := range list {
		set[s] = true
	}
	return set
}

// isPictureText reports whether s begins like a caption and like no paragraph:
// "FILE - ", "In this May 4 photo", "Pictured from left".
func isPictureText(s string) bool {
	for _, start := range [...]string{"FILE - ", "FILE – ", "FILE — ", "File photo", "FILE PHOTO", "Pictured ", "PICTURED"} {
		if strings.HasPrefix(s, start) {
			return true
		}
	}
	rest, ok := strings.CutPrefix(s, "In this ")
	if !ok {
		return false
	}
	const reach = 48 // bytes
	rest = rest[:min(len(rest), reach)]
	return strings.Contains(rest, " photo") || strings.HasPrefix(rest, "photo") || strings.HasPrefix(rest, "image ") || strings.HasPrefix(rest, "file ")
}

// offers are what texts say that ask readers to subscribe or to give. Words that
// news are about, too, such as "donate", are not among them.
var offers = []string{
	"newsletter", "subscribe to ", "sign up for our", "sign up to our", "signing up to our", "sign up here", "your inbox", "your letterbox", "abonnieren sie",
	"unterstützen sie uns", "suscríbete", "inscrivez-vous", "abonnez-vous", "iscriviti", "подпишитесь", "подписывайтесь", "підписуйтесь", "підпишіться",
}

// isOffer reports whether s says such a thing near its beginning.
func isOffer(s string) bool {
	const most = 512 // bytes
	s = strings.ToLower(s[:min(len(s), most)])
	return slices.ContainsFunc(offers, func(o string) bool { return strings.Contains(s, o) })
}

// withoutMark takes "Photo:", "Foto:" and the like off the front of a credit.
func withoutMark(credit string) string {
	for _, mark := range [...]string{"photo credit", "image credit", "picture credit", "crédit photo", "photographs", "photograph", "photos", "photo", "fotos", "foto", "fotografie",
		"images", "image", "pictures", "picture", "pic", "bilder", "bild", "credits", "credit", "crédits", "crédit", "zdjęcie", "фото", "写真", "사진"} {
		if len(credit) < len(mark) || !strings.EqualFold(credit[:len(mark)], mark) {
			continue
		}
		rest := strings.TrimLeft(credit[len(mark):], " ")
		for _, end := range [...]string{":", "：", "by ", "By "} {
			if name, ok := strings.CutPrefix(rest, end); ok {
				return strings.TrimLeft(name, " :")
			}
		}
	}
	return credit
}

// splitCredit takes a credit off the end of a caption.
func splitCredit(s string) (caption, credit string) {
	s = strings.TrimSpace(s)
	if isCredit(s) {
		return "", strings.Trim(s, "()[] ")
	}
	// "… in Geneva. (Jane Doe/Reuters)", "… in Geneva [AFP]"
	if n := len(s); n > 2 && (s[n-1] == ')' || s[n-1] == ']') {
		if i := strings.LastIndexAny(s, "(["); i > 0 && isCredit(s[i:]) {
			return strings.TrimSpace(s[:i]), strings.Trim(s[i:], "()[] ")
		}
	}
	const reach = 160 // bytes; longer credits are not told from text
	from := max(0, len(s)-reach)
	for from > 0 && !utf8.RuneStart(s[from]) {
		from--
	}
	if low := strings.ToLower(s[from:]); len(low) == len(s)-from {
		for _, w := range creditWords {
			if i := strings.LastIndex(low, w) + from; i > from && s[i-1] != '/' && !unicode.IsLetter(rune(s[i-1])) && isCredit(s[i:]) {
				return strings.TrimRight(s[:i], " |–—-("), strings.Trim(s[i:], "()[] ")
			}
		}
	}
	return splitSlash(s)
}

// splitSlash finds "First Last/Agency" after a caption without a mark in between:
// the capitalised words before the slash, at most two, are the name.
func splitSlash(s string) (caption, credit string) {
	i := strings.LastIndexByte(s, '/')
	if i <= 0 || !isAgency(strings.ToLower(s[i+1:])) {
		return s, ""
	}
	if j := strings.LastIndexByte(s[:i], '/'); j > 0 && i-j < 20 && isAgency(strings.ToLower(s[j+1:i])) {
		i = j
	}
	start, taken := i, 0
	for taken < 2 {
		head := strings.TrimRight(s[:start], " ")
		k := strings.LastIndexByte(head, ' ') + 1
		r, _ := utf8.DecodeRuneInString(head[k:])
		if !unicode.IsUpper(r) || strings.HasSuffix(head, ".") && len(head)-k > 2 || k == 0 && taken > 0 {
			break
		}
		start = k
		taken++
		if k == 0 {
			break
		}
		if before := strings.TrimRight(s[:k], " "); strings.HasSuffix(before, ".") || strings.HasSuffix(before, "'") || strings.HasSuffix(before, `"`) || strings.HasSuffix(before, "”") {
			break
		}
	}
	if taken == 0 {
		return s, ""
	}
	return strings.TrimSpace(s[:start]), s[start:]
}
