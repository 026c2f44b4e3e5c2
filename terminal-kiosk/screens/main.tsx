import "virtual:tokens.css"
import { createRoot } from "react-dom/client"

createRoot(document.getElementById("kiosk")!).render(<p>溯源</p>)
