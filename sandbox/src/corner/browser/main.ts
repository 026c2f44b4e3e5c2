/** Entry of the market corner's script. */
import { cornerWords } from "../words"
import { BooksPanel } from "./books-panel"
import { PhoneScreen } from "./phone-screen"
import { StallScreen } from "./stall-screen"

const language = document.querySelector("main")?.dataset.language === "en" ? "en" : "zh"
const words = cornerWords[language]
const stall = new StallScreen(words)
const phone = new PhoneScreen(words, () => stall.code?.url)
const books = new BooksPanel(words)

/** The phone at home waits for a code; once it shows a sale, a new code on the stall changes nothing on it. */
stall.onChange = () => phone.codeChanged()
phone.onPaid = () => void books.refresh()
void stall.look()
void phone.start()
void books.look()
