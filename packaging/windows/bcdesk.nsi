; Sets bcdesk up for one user, without an administrator. `dev.py installers setup` defines:
;   VERSION  NUMBERS (four of them)  SIZE (KiB)  ICON  OUT  FILES (what installs and removes each file)  SIGN (optional)
Unicode true
!include MUI2.nsh
!include LogicLib.nsh
!include WinVer.nsh
!include x64.nsh

Name "bcdesk"
OutFile "${OUT}"
InstallDir "$LOCALAPPDATA\Programs\bcdesk"
RequestExecutionLevel user
ManifestDPIAware true
ManifestSupportedOS all
SetCompressor /SOLID lzma
SetCompressorDictSize 64
SetDateSave off ; two setups of one payload are the same file
BrandingText "bcdesk ${VERSION}"
ShowInstDetails nevershow
ShowUninstDetails nevershow

!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\bcdesk"
!define SCHEME "Software\Classes\bcdesk"
!define DATA "$LOCALAPPDATA\bcdesk"
InstallDirRegKey HKCU "${UNINSTALL}" "InstallLocation"

VIProductVersion "${NUMBERS}"
VIAddVersionKey "ProductName" "bcdesk"
VIAddVersionKey "ProductVersion" "${VERSION}"
VIAddVersionKey "FileDescription" "Sets bcdesk up"
VIAddVersionKey "FileVersion" "${VERSION}"
VIAddVersionKey "CompanyName" "bcdesk contributors"
VIAddVersionKey "LegalCopyright" "bcdesk contributors, MIT License"
VIAddVersionKey "OriginalFilename" "bcdesk-${VERSION}-setup.exe"

!ifdef SIGN
  !uninstfinalize '${SIGN} "%1"'
  !finalize '${SIGN} "%1"'
!endif

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"

!define MUI_WELCOMEPAGE_TITLE "Set up bcdesk ${VERSION}"
!define MUI_WELCOMEPAGE_TEXT "bcdesk will be set up for you alone, in$\r$\n$INSTDIR$\r$\n$\r$\n\
  What you do with it is kept in$\r$\n${DATA}"
!insertmacro MUI_PAGE_WELCOME
!insertmacro MUI_PAGE_INSTFILES
!define MUI_FINISHPAGE_RUN "$INSTDIR\bcdesk.exe"
!define MUI_FINISHPAGE_RUN_TEXT "Start bcdesk"
!insertmacro MUI_PAGE_FINISH

!define MUI_UNCONFIRMPAGE_TEXT_TOP "bcdesk will be removed. What you kept with it stays in ${DATA}"
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!define MUI_FINISHPAGE_TITLE "bcdesk is removed"
!define MUI_FINISHPAGE_TEXT "What you kept with it is still in$\r$\n${DATA}$\r$\n$\r$\n\
  If you want it gone too, delete that folder, and the entries named bcdesk in the Credential Manager of Windows."
!insertmacro MUI_UNPAGE_FINISH
!insertmacro MUI_LANGUAGE English

!include "${FILES}"

; Each program of the folder can be written to only while it does not run.
!macro closed un
  Function ${un}closed
    Pop $1
    ${Do}
      ${IfNot} ${FileExists} "$INSTDIR\$1"
        Return
      ${EndIf}
      ClearErrors
      FileOpen $0 "$INSTDIR\$1" a
      ${IfNot} ${Errors}
        FileClose $0
        Return
      ${EndIf}
      ; a silent setup cannot ask
    ${LoopWhile} ${Cmd} `MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "bcdesk is running. Quit it, also in the notification area, and try again." /SD IDCANCEL IDRETRY`
    SetErrorLevel 2
    Quit
  FunctionEnd
!macroend
!insertmacro closed ""
!insertmacro closed "un."

Function .onInit
  ${IfNot} ${AtLeastWin10}
  ${OrIfNot} ${RunningX64}
    MessageBox MB_OK|MB_ICONSTOP "bcdesk needs a 64-bit Windows 10 (1809) or newer." /SD IDOK
    SetErrorLevel 3
    Quit
  ${EndIf}
FunctionEnd

Section
  Push "bcdesk.exe"
  Call closed
  Push "bcdesk-cli.exe"
  Call closed
  ${If} ${FileExists} "$INSTDIR\uninstall.exe" ; what another version had and this one has not
    ExecWait '"$INSTDIR\uninstall.exe" /S _?=$INSTDIR' $0
    ${If} $0 <> 0
      SetErrorLevel 2
      Abort "The version that is there could not be removed (code $0)."
    ${EndIf}
  ${EndIf}
  !insertmacro install_files
  SetOutPath "$INSTDIR"
  WriteUninstaller "$INSTDIR\uninstall.exe"
  CreateShortcut "$SMPROGRAMS\bcdesk.lnk" "$INSTDIR\bcdesk.exe"

  WriteRegStr HKCU "${SCHEME}" "" "URL:bcdesk"
  WriteRegStr HKCU "${SCHEME}" "URL Protocol" ""
  WriteRegStr HKCU "${SCHEME}\DefaultIcon" "" "$INSTDIR\bcdesk.exe,0"
  ; after the two dashes nothing but an address is read, whatever somebody hides in one
  WriteRegStr HKCU "${SCHEME}\shell\open\command" "" '"$INSTDIR\bcdesk.exe" -- "%1"'

  WriteRegStr HKCU "${UNINSTALL}" "DisplayName" "bcdesk"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayIcon" "$INSTDIR\bcdesk.exe,0"
  WriteRegStr HKCU "${UNINSTALL}" "Publisher" "bcdesk contributors"
  WriteRegStr HKCU "${UNINSTALL}" "Comments" "What you keep with it is in ${DATA}"
  WriteRegStr HKCU "${UNINSTALL}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${UNINSTALL}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${UNINSTALL}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKCU "${UNINSTALL}" "EstimatedSize" ${SIZE}
  WriteRegDWORD HKCU "${UNINSTALL}" "NoModify" 1
  WriteRegDWORD HKCU "${UNINSTALL}" "NoRepair" 1
SectionEnd

Section Uninstall
  Push "bcdesk.exe"
  Call un.closed
  Push "bcdesk-cli.exe"
  Call un.closed
  ; only what a setup put there, by name: a folder that holds anything else stays
  !insertmacro remove_files
  Delete "$SMPROGRAMS\bcdesk.lnk"
  DeleteRegKey HKCU "${SCHEME}"
  DeleteRegKey HKCU "${UNINSTALL}"
  SetOutPath "$TEMP" ; nobody removes the folder that they are in
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
SectionEnd
