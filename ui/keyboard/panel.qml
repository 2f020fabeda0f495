// The panel of Qt's virtual keyboard in the terminal's own colours. `tokens` is given by keyboard_widget.py.
import QtQuick
import QtQuick.VirtualKeyboard
import QtQuick.VirtualKeyboard.Settings
import QtQuick.VirtualKeyboard.Styles

Item {
    id: root

    readonly property var style: panel.keyboard.style
    readonly property real keysPerWidth: style.keyboardDesignHeight / style.keyboardDesignWidth

    InputPanel {
        id: panel
        width: root.width
        anchors.bottom: parent.bottom
    }

    component Face: KeyPanel {
        id: face
        property color ground: tokens.card
        property color ink: tokens.ink
        property string caption: ""
        property url picture: ""
        property real captionScale: 0.42
        Rectangle {
            anchors.fill: parent
            anchors.margins: Math.round(tokens.gap / 2)
            radius: tokens.radius
            color: face.control && face.control.pressed ? tokens.pressed : face.ground
            border.color: tokens.edge
            border.width: 1
            opacity: face.control && face.control.enabled ? 1.0 : 0.5
            Text {
                anchors.centerIn: parent
                visible: !image.visible
                text: face.caption
                color: face.ink
                font.family: tokens.family
                font.pixelSize: Math.round(parent.height * face.captionScale)
            }
            Image {
                id: image
                anchors.centerIn: parent
                visible: face.picture != ""
                source: face.picture
                height: Math.round(parent.height * 0.44)
                width: height
                sourceSize: Qt.size(height, height)
            }
        }
    }

    Component { id: letterKey; Face { caption: control ? control.displayText : "" } }
    Component { id: functionKey; Face { caption: control ? control.displayText : ""; ground: tokens.pale; captionScale: 0.3 } }
    Component { id: modeKey; Face { caption: control ? control.displayText : ""; ground: control && control.mode ? tokens.pressed : tokens.pale; captionScale: 0.3 } }
    Component { id: languageKey; Face { caption: panel.keyboard.locale.indexOf("zh") === 0 ? "EN" : "中"; ground: tokens.pale; captionScale: 0.34 } }
    Component { id: spaceKey; Face { caption: panel.keyboard.locale.indexOf("zh") === 0 ? tokens.space_zh : tokens.space_en; ground: tokens.card; ink: tokens.ink_soft; captionScale: 0.3 } }
    Component { id: shiftKey; Face { caption: "⇧"; ground: InputContext.uppercase ? tokens.pressed : tokens.pale } }
    Component { id: backspaceKey; Face { picture: tokens.picture_delete; ground: tokens.pale } }
    Component { id: hideKey; Face { picture: tokens.picture_hide; ground: tokens.pale } }
    Component { id: enterKey; Face { picture: tokens.picture_check; ground: tokens.deep } }

    Component {
        id: candidate
        SelectionListItem {
            readonly property string word: model.display
            width: Math.max(root.width / 12, label.implicitWidth + tokens.gap * 6)
            Text {
                id: label
                anchors.centerIn: parent
                text: word
                color: index === 0 ? tokens.deep : tokens.ink
                font.family: tokens.family
                font.bold: index === 0
                font.pixelSize: tokens.candidate_px
            }
        }
    }
    Component { id: candidateGround; Rectangle { color: tokens.card; border.color: tokens.edge; border.width: 1 } }
    Component { id: keyboardGround; Rectangle { color: tokens.page } }
    Component { id: nothing; Item { property string text: "" } }

    function dress(style) {
        style.keyboardBackground = keyboardGround
        style.keyPanel = letterKey
        style.symbolKeyPanel = functionKey
        style.modeKeyPanel = modeKey
        style.handwritingKeyPanel = functionKey
        style.languageKeyPanel = languageKey
        style.spaceKeyPanel = spaceKey
        style.shiftKeyPanel = shiftKey
        style.backspaceKeyPanel = backspaceKey
        style.hideKeyPanel = hideKey
        style.enterKeyPanel = enterKey
        style.characterPreviewDelegate = nothing
        style.languagePopupListEnabled = false
        style.selectionListHeight = tokens.candidate_height
        style.selectionListDelegate = candidate
        style.selectionListBackground = candidateGround
        style.selectionListHighlight = nothing
    }

    function startOver(): void {
        VirtualKeyboardSettings.locale = "en_US"
        VirtualKeyboardSettings.locale = "zh_CN"
    }

    function keyCentre(wanted: string): point {
        return centreBelow(panel.keyboard, wanted)
    }

    function centreBelow(item: Item, wanted: string): point {
        for (let child of item.children) {
            if (!child.visible)
                continue
            if (child.keyType !== undefined && (child.text === wanted || child.displayText === wanted))
                return child.mapToItem(root, child.width / 2, child.height / 2)
            const found = centreBelow(child, wanted)
            if (found.x >= 0)
                return found
        }
        return Qt.point(-1, -1)
    }

    function candidateCentre(word: string): point {
        const view = panel.keyboard.wordCandidateView
        for (let i = 0; i < view.count; i++) {
            const item = view.itemAtIndex(i)
            if (item && item.word === word)
                return item.mapToItem(root, item.width / 2, item.height / 2)
        }
        return Qt.point(-1, -1)
    }

    function pressLetter(letter: string): void {
        InputContext.inputEngine.virtualKeyClick(Qt.Key_A + letter.charCodeAt(0) - 97, letter, Qt.NoModifier)
    }

    function pressDelete(): void {
        InputContext.inputEngine.virtualKeyClick(Qt.Key_Backspace, "", Qt.NoModifier)
    }

    function takeCandidate(number: int): void {
        InputContext.inputEngine.wordCandidateListModel.selectItem(number)
    }

    function composed(): string {
        return InputContext.preeditText
    }

    function candidates(): string {
        const view = panel.keyboard.wordCandidateView
        const words = []
        for (let i = 0; i < view.count; i++) {
            const item = view.itemAtIndex(i)
            if (item)
                words.push(item.word)
        }
        return words.join("\n")
    }

    Component.onCompleted: {
        VirtualKeyboardSettings.activeLocales = ["zh_CN", "en_US"]
        VirtualKeyboardSettings.locale = "zh_CN"
        VirtualKeyboardSettings.wordCandidateList.alwaysVisible = true
        dress(panel.keyboard.style)
    }
}
