"""English."""

from toolkit.segment.language import Language, words

LANGUAGE = Language(
    code="en",
    never=words(
        """
        Adm aka Ald Amb approx Assoc Asst Atty Brig Brig-Gen ca Capt Capts Cdr Cf cf Chas Cmdr Col Cols
        Comdr Commr Cpl Cpt Def DR Dr Drs e.g esp excl Fr Gen Gens Geo Gov Govs Hon i.a i.e incl Insp Jas
        Jos Lieut Lt Lt-Cmdr Lt-Col Lt-Gen Lt-Gov Lts Maj Maj-Gen Messrs Mgr Mlle Mme MR Mr Mrs MS Ms Msgr
        Mt Mx P.S Pfc Pres Prof Profs Pvt Rep Reps resp Rev Revs Robt Rt Sec Sec-Gen Secs Secy Sen Sens Sgt
        Sgts Ste Supt Supts Thos Treas v Vice-Pres viz vs Wm
        """
    ),
    before_number=words(
        """
        Amdt App app Apr Apt Art Arts Aug b Bldg c Ch ch Chap chap d Dec Dist Eq Eqs est Ex Ext ext Feb Fig
        fig figs Fri hr hrs Hwy Jan Jul Jun lb lbs Mar Mon No no Nos nos Nov Nr Oct Op oz p Par par para
        paras pop pp Prov Ps pt r Ref Reg Rept Res Rm Rs Rte Sat Sect Sep Sept Sun Tel tel ver Vol vol vols
        Wed yd yds
        """
    ),
    may_end=words(
        """
        A.D adj al Assn Assns B.A B.C B.Sc bn C.E.O C.I.A cit Con Cong Ct cu D.C D.D D.D.S D.Phil Dept Depts
        E.U F.B.I Ft ft Gov't Govt Hldgs ibid Inst Int'l Intl J.D K.C L.A Ln M.A M.B.A M.D M.P M.Sc mi
        N.A.T.O N.B N.B.A N.C N.D N.F.L N.H N.J N.M N.S N.Y Nat'l Natl O.P P.O P.R Ph.D Pl Pt Pub Q.C R.I
        R.N repr S.C S.D S.J Sess Sq sq St Stat Thur Thurs Tue Tues U.K U.N U.S U.S.A U.S.S.R Univ Va W.Va
        """
    ),
    closes_name=words(
        """
        Ala Alta Ariz Ark Ave Bancorp Bhd Blvd Bros Calif Cie Co Colo Conn Corp Cos Del Esq Fla Ga Grp Ill
        Inc Ind Jr Kan Kans Ky L.L.C L.P La LLC Ltd Mass Md Mfg Mfrs Mich Minn Miss Mo Mont N.V Neb Nebr Nev
        Okla Ont Ore Oreg Pa Penn Pkwy plc Pte Pty Que Rd S.A S.p.A Sask Sdn Sr Tenn Tex Tpke Vt Wash Wis
        Wisc Wyo
        """
    ),
    ends=words("etc"),
    hours=words("A.M a.m am P.M p.m pm"),
    after_hour=words(
        """
        AEDT AEST Apr April Aug August Beijing BST CDT Central CEST CET CST CT Dec December Eastern EDT EST
        ET Feb February Fri Friday GMT Greenwich HKT IST Jan January JST Jul July Jun June KST London Mar
        March May MDT Mon Monday Moscow Mountain MST MT Nov November Oct October Pacific Paris PDT PST PT
        Sat Saturday Sep Sept September SGT Sun Sunday Thu Thur Thurs Thursday Tokyo Tue Tues Tuesday UTC
        Washington Wed Wednesday
        """
    ),
    starters=words(
        """
        A About Above According Across Activists Additionally After Again Against Agents Aides All Almost
        Along Already Also Although Always Amid Among An Analysts And Another Any Are Around As Asked At
        Authorities Because Before Behind Below Besides Between Beyond Both But By Can't Certainly Clearly
        Companies Could Crews Critics Currently Despite Detectives Did Didn't Diplomats Do Doctors Does
        Don't Don’t Down Dozens During Each Earlier Economists Eight Either Eleven Elsewhere Even Eventually
        Ever Every Except Experts Families Fans Farmers Few Finally Firefighters Five Following For
        Fortunately Four From Further Furthermore Given Had Has Have He He's Hence Her Here Here's He’s Him
        His How However Hundreds I I'm I've If In Indeed Initially Inside Instead Into Investigators
        Investors Ironically Is Isn't It It's Its It’s I’m I’ve Just Last Later Lawmakers Lawyers Leaders
        Let Let's Let’s Like Many Markets Maybe Meanwhile Might Millions More Moreover Most Mr Mrs Ms Much
        Must My Near Nearby Nearly Neighbors Neighbours Neither Nevertheless Next Nine No Nobody None
        Nonetheless Nor Not Nothing Now Of Off Officers Officials Often Oh On Once One Only Opponents Or
        Organisers Organizers Originally Other Others Our Outside Over Overall Overnight Parents Perhaps
        Please Police Polls Previously Prices Prosecutors Protesters Rather Rebels Recently Relatives
        Rescuers Researchers Residents Results Sadly Sales Scientists Separately Seven Several Shares She
        She's She’s Should Since Six So Soldiers Some Sometimes Soon Sources Still Stocks Students Such
        Suddenly Supporters Survivors Talks Teachers Ten Than That That's That’s The Their Then There
        There's Therefore There’s These They They're They’re Thirty This Those Though Thousands Three
        Through Throughout Thus To Today Tomorrow Tonight Troops Twelve Twenty Two Ultimately Under
        Unfortunately Unless Unlike Until Up Upon Usually Voters Was We We're We've Well Were We’re We’ve
        What What's Whatever What’s When Whenever Where Whereas Whether Which While Who Whom Whose Why With
        Within Without Witnesses Won't Workers Would Yes Yesterday Yet You You're Your You’re
        """
    ),
    roles=words(
        """
        Analyst Attorney Bank Center CEO CFO Chair Chairman Chairwoman Chief Class Co Company COO Corp CTO
        Day Deputy Director Editor Entertainment Executive Finance Financial Foundation Founder General
        Group Holdings Inc Interactive Library Ltd Magazine Manager Managing Partner Pictures President
        Records School Secretary Securities Senior Series Spokesman Spokeswoman Stores Studios Television
        Treasurer Vice
        """
    ),
    particles=words("al bin da de del den der di dos du el ibn la le van von"),
    labels=words(
        """
        Appendix appendix Block block Building building Category category Channel Class class Company
        Exhibit exhibit Gate gate Grade grade Group group Hepatitis hepatitis influenza Level level Line
        line Model model Option option Part part Patient Person Phase phase Plan plan Point point Route
        route Schedule schedule Section section Series series Source source Subject Team team Terminal
        terminal Title title Type type Victim Vitamin vitamin Witness witness Zone zone
        """
    ),
    speech=words(
        """
        added adds answered ask asked asks chanted continued cried declared demanded exclaimed explained
        insisted joked quipped recalled replied replies said say says shouted told tweeted whispered
        wondered writes wrote yelled
        """
    ),
    marked_names=words("Jeopardy Panic Wham Yahoo Yum"),
    byline=words("BY By by")
    | {f"{what} by" for what in ("Edited", "Editing", "Reporting", "Story", "Text", "Written")},
    caption=words(
        """
        Caption Chart Courtesy Credit File Getty Graphic Illustration Image Images Map Photo Photograph
        Photographs Photos Picture Source
        """
    ),
)
